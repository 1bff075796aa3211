import { colorsOf } from "./colors.js";

// ---- The network in plain JavaScript ------------------------------------------------------------
//
// The definition that the faster ones are compared with, and what runs where nothing else does.
const tilePoints = 32;
/// An evaluator of the network: prepare(conditioned) chooses the image, colors(points, count, into,
/// first) writes what colorsOf() does.
export class PlainNetwork {
  constructor(network) {
    this.name = "plain";
    this.config = network.config;
    this.parameters = network.parameters;
    this.first = new Float32Array(this.config.width * tilePoints);
    this.second = new Float32Array(this.config.width * tilePoints);
    this.outputs = new Float32Array(this.parameters["output.bias"].length * tilePoints);
  }

  prepare(conditioned) {
    this.conditioned = conditioned;
  }

  colors(points, count, into, first = 0) {
    const { config, parameters, conditioned } = this, inputs = new Float32Array(2 * tilePoints);
    for (let start = 0; start < count; start += tilePoints) {
      const size = Math.min(tilePoints, count - start);
      const tile = points.subarray(2 * start, 2 * (start + size));
      for (let p = 0; p < size; ++p) {
        inputs[p] = tile[2 * p];
        inputs[tilePoints + p] = tile[2 * p + 1];
      }
      let from = this.first, to = this.second;
      linear(parameters["first.weight"], inputs, 2, from, config.width);
      sines(from, conditioned.layers[0]);
      for (let l = 0; l < config.hidden_layers; ++l) {
        linear(parameters[`hidden.${l}.weight`], from, config.width, to, config.width);
        sines(to, conditioned.layers[l + 1]);
        [from, to] = [to, from];
      }
      const bias = parameters["output.bias"];
      linear(parameters["output.weight"], from, config.width, this.outputs, bias.length);
      for (let k = 0; k < bias.length; ++k)
        for (let p = 0; p < tilePoints; ++p) this.outputs[k * tilePoints + p] += bias[k];
      colorsOf(config, this.outputs, tilePoints, tile, size, conditioned.palette, into, first + start);
    }
  }
}

function linear(weight, from, columns, to, rows) {
  for (let j = 0; j < rows; ++j) {
    const row = to.subarray(j * tilePoints, (j + 1) * tilePoints);
    row.fill(0);
    for (let k = 0; k < columns; ++k) {
      const factor = weight[j * columns + k], start = k * tilePoints;
      for (let p = 0; p < tilePoints; ++p) row[p] += factor * from[start + p];
    }
  }
}

function sines(values, { shift, gain }) {
  for (let j = 0; j < shift.length; ++j) {
    const factor = gain ? gain[j] : 1;
    for (let at = j * tilePoints; at < (j + 1) * tilePoints; ++at)
      values[at] = Math.sin(values[at] * factor + shift[j]);
  }
}
