import { glCentres, glLayout, glPicture, textureWidth } from "./gl_text.js";
import { grow } from "./raster.js";

// ---- The network on a GPU -----------------------------------------------------------------------

const corners = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;

/// A browser without a GPU lets the processor play one, which takes a second to find out by measuring.
function isEmulated(gl) {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const name = names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : "";
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/// Draws parts of pictures by WebGL2: prepare() as other networks, then bytes(part).
export class GlNetwork {
  /// Throws where there is no WebGL2 that can draw floats, or only one that a processor emulates and
  /// that is not wanted.
  constructor(network, takesEmulated) {
    this.name = "webgl";
    this.config = network.config;
    this.layout = glLayout(network.config);
    const gl = new OffscreenCanvas(1, 1).getContext("webgl2", { powerPreference: "high-performance" });
    if (!takesEmulated && gl && isEmulated(gl)) throw new Error("the GPU is an emulated one");
    if (!gl?.getExtension("EXT_color_buffer_float")) throw new Error("no WebGL2 with float textures");
    this.gl = gl;
    this.centres = this.program(glCentres(network.config));
    this.picture = this.program(glPicture(network.config));
    this.weights = this.texture(packWeights(network, this.layout));
    this.code = this.texture(new Float32Array(4 * this.layout.codeEnd));
    this.targets = [gl.RGBA32F, gl.RGBA8].map((format) => ({ format, frame: gl.createFramebuffer(),
      texture: null }));
    gl.bindVertexArray(gl.createVertexArray());
  }

  program(fragment) {
    const { gl } = this, program = gl.createProgram();
    for (const [type, text] of [[gl.VERTEX_SHADER, corners], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS))
      throw new Error(`WebGL2: ${gl.getProgramInfoLog(program)}`);
    const uniforms = ["weights", "code", "centres", "start", "pixel", "samples", "size", "corner"];
    return { program, at: Object.fromEntries(
      uniforms.map((name) => [name, gl.getUniformLocation(program, name)])) };
  }

  texture(numbers, texture = this.gl.createTexture()) {
    const { gl } = this, rows = Math.ceil(numbers.length / 4 / textureWidth);
    const padded = new Float32Array(4 * textureWidth * rows);
    padded.set(numbers);
    this.bind(texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, textureWidth, rows, 0, gl.RGBA, gl.FLOAT, padded);
    return texture;
  }

  bind(texture) {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  prepare(conditioned) {
    this.texture(packCode(conditioned, this.config, this.layout), this.code);
  }

  /// Makes a framebuffer at least as large as needed the target.
  aim(target, width, height) {
    const { gl } = this;
    if (!(target.width >= width && target.height >= height)) {
      Object.assign(target, { width: Math.max(width, target.width ?? 0),
        height: Math.max(height, target.height ?? 0) });
      gl.deleteTexture(target.texture);
      target.texture = gl.createTexture();
      this.bind(target.texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, target.format, target.width, target.height);
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target.texture, 0);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.viewport(0, 0, width, height);
  }

  draw({ program, at }, grown, part) {
    const { gl } = this;
    gl.useProgram(program);
    const textures = [this.weights, this.code, at.centres ? this.targets[0].texture : null];
    textures.forEach((texture, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    gl.activeTexture(gl.TEXTURE0);
    ["weights", "code", "centres"].forEach((name, unit) => gl.uniform1i(at[name], unit));
    const pixel = [(part.x1 - part.x0) / part.width, (part.y1 - part.y0) / part.height];
    gl.uniform2f(at.pixel, ...pixel);
    gl.uniform2f(at.start, part.x0 + pixel[0] * grown.left, part.y0 + pixel[1] * grown.top);
    gl.uniform1i(at.samples, part.samples);
    gl.uniform2i(at.size, grown.columns, grown.rows);
    gl.uniform2i(at.corner, part.left - grown.left, part.top - grown.top);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /// What toBytes(renderPart(..)) gives.
  bytes(part) {
    const { gl } = this, grown = grow(part);
    this.aim(this.targets[0], grown.columns, grown.rows);
    this.draw(this.centres, grown, part);
    this.aim(this.targets[1], part.columns, part.rows);
    this.draw(this.picture, grown, part);
    const bytes = new Uint8Array(4 * part.columns * part.rows);
    gl.readPixels(0, 0, part.columns, part.rows, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    if (gl.isContextLost()) throw new Error("the GPU went away");
    return new Uint8ClampedArray(bytes.buffer);
  }
}

function packWeights({ config, parameters }, layout) {
  const numbers = new Float32Array(4 * layout.end), { units } = layout;
  // The first layer: four units' weights of x, then those of y.
  const first = parameters["first.weight"];
  for (let j = 0; j < config.width; ++j)
    for (const axis of [0, 1]) numbers[4 * (2 * (j >> 2) + axis) + (j & 3)] = first[2 * j + axis];
  const putRows = (matrix, at) => {
    for (let row = 0; row < matrix.length / config.width; ++row)
      numbers.set(matrix.subarray(row * config.width, (row + 1) * config.width), 4 * (at + row * units));
  };
  for (let l = 0; l < config.hidden_layers; ++l)
    putRows(parameters[`hidden.${l}.weight`], layout.hidden + l * layout.matrix);
  putRows(parameters["output.weight"], layout.output);
  numbers.set(parameters["output.bias"], 4 * layout.bias);
  return numbers;
}

function packCode({ layers, palette }, config, layout) {
  const numbers = new Float32Array(4 * layout.codeEnd);
  layers.forEach(({ shift, gain }, l) => {
    numbers.set(shift, 4 * l * layout.units);
    if (gain) numbers.set(gain, 4 * (layout.gains + l * layout.units));
  });
  if (config.head === "rgb") return numbers;
  const { palette_size: entries, channels } = config;
  for (let k = 0; k < entries; ++k)
    for (let field = 0; field < layout.fields; ++field)
      for (let c = 0; c < channels; ++c)
        numbers[4 * (layout.palette + k * layout.fields + field) + c] =
          palette[(field * channels + c) * entries + k];
  return numbers;
}
