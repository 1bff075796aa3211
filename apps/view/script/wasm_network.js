import { colorsOf } from "./colors.js";
import { wasmPoints } from "./wasm_code.js";

// ---- The network in WebAssembly -----------------------------------------------------------------

const roundUp = (count) => (count + 3) & ~3;

/// What PlainNetwork does, by the functions of wasm_code.js.
export class WasmNetwork {
  constructor(network, module) {
    this.name = "wasm";
    this.config = network.config;
    this.layers = [this.layer(network, "first", 2)];
    for (let l = 0; l < this.config.hidden_layers; ++l)
      this.layers.push(this.layer(network, `hidden.${l}`, this.config.width));
    this.last = this.layer(network, "output", this.config.width);
    this.allocate();
    const { exports } = new WebAssembly.Instance(module, { page: { memory: this.memory } });
    this.sines = exports.sines;
    this.products = exports.products;
    this.pack(this.last, null, network.parameters["output.bias"]);
    this.layers.forEach((layer) => this.pack(layer, null, []));
  }

  layer({ parameters }, name, columns) {
    const weight = parameters[`${name}.weight`];
    return { weight, columns, rows: weight.length / columns, isScaled: false };
  }

  /// Gives every layer its weights and shifts, then the activations of a tile.
  allocate() {
    let bytes = 0;
    const take = (floats) => {
      const at = bytes;
      bytes += 4 * floats;
      return at;
    };
    for (const layer of [...this.layers, this.last]) {
      layer.weights = take(roundUp(layer.rows) * layer.columns);
      layer.shifts = take(roundUp(layer.rows));
    }
    this.inputs = take(2 * wasmPoints);
    this.activations = [0, 1].map(() => take(roundUp(this.config.width) * wasmPoints));
    this.outputs = take(roundUp(this.last.rows) * wasmPoints);
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
    this.floats = new Float32Array(this.memory.buffer);
  }

  /// Blocks of four rows, in each the four numbers of a column beside each other. A gain scales the
  /// rows, which is the same as scaling the product.
  pack(layer, gain, shift) {
    const { weight, columns, rows } = layer;
    let at = layer.weights / 4;
    for (let block = 0; block < rows; block += 4)
      for (let k = 0; k < columns; ++k)
        for (let r = block; r < block + 4; ++r)
          this.floats[at++] = r < rows ? weight[r * columns + k] * (gain ? gain[r] : 1) : 0;
    layer.isScaled = gain !== null;
    this.floats.set(shift, layer.shifts / 4);
  }

  prepare(conditioned) {
    this.palette = conditioned.palette;
    conditioned.layers.forEach(({ shift, gain }, l) => {
      if (gain || this.layers[l].isScaled) this.pack(this.layers[l], gain, shift);
      else this.floats.set(shift, this.layers[l].shifts / 4);
    });
  }

  colors(points, count, into, first = 0) {
    const outputs = this.floats.subarray(this.outputs / 4);
    for (let start = 0; start < count; start += wasmPoints) {
      const size = Math.min(wasmPoints, count - start), inputs = this.inputs / 4;
      const tile = points.subarray(2 * start, 2 * (start + size));
      for (let p = 0; p < size; ++p) {
        this.floats[inputs + p] = tile[2 * p];
        this.floats[inputs + wasmPoints + p] = tile[2 * p + 1];
      }
      this.run();
      colorsOf(this.config, outputs, wasmPoints, tile, size, this.palette, into, first + start);
    }
  }

  run() {
    let from = this.inputs;
    this.layers.forEach((layer, l) => {
      const to = this.activations[l % 2];
      this.sines(layer.weights, from, to, layer.columns, roundUp(layer.rows) / 4, layer.shifts);
      from = to;
    });
    const { weights, columns, rows, shifts } = this.last;
    this.products(weights, from, this.outputs, columns, roundUp(rows) / 4, shifts);
  }
}
