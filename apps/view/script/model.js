// ---- The model as the page carries it -----------------------------------------------------------
//
// page_model.hpp describes the format. Everything is checked before it
// is used, so that a damaged page says so instead of drawing noise.

const largestImageSide = 1 << 20;

/// What is wrong with a page's model, for people.
export class ModelError extends Error {}

function require(condition, message) {
  if (!condition) throw new ModelError(message);
}

const isCount = (value, most) => Number.isInteger(value) && value >= 1 && value <= most;

/// FNV-1a of 32 bits.
function checksumOf(bytes) {
  let hash = 2166136261;
  for (let i = 0; i < bytes.length; ++i) hash = Math.imul(hash ^ bytes[i], 16777619);
  return hash >>> 0;
}

function bytesOf(text) {
  require(typeof text === "string", "its numbers are missing");
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new ModelError("its numbers are not base64");
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function halfToFloat(half) {
  const sign = half & 0x8000 ? -1 : 1, exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return exponent === 31 ? NaN : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/// Rows of numbers that are stored in few bits, and turned into floats a row at a time.
class StoredTensor {
  constructor(bytes, offset, rows, columns, type) {
    Object.assign(this, { rows, columns, type });
    const count = rows * columns, start = bytes.byteOffset + offset;
    if (type === "int8") {
      this.scales = new Float32Array(bytes.buffer, start, rows);
      this.values = new Int8Array(bytes.buffer, start + 4 * rows, count);
    } else {
      const Values = type === "fp16" ? Uint16Array : Float32Array;
      this.values = new Values(bytes.buffer, start, count);
    }
  }

  static bytes(rows, columns, type) {
    const count = rows * columns;
    const size = new Map([["int8", 4 * rows + count], ["fp16", 2 * count], ["fp32", 4 * count]]).get(type);
    return size === undefined ? undefined : (size + 3) & ~3;
  }

  row(index, into = new Float32Array(this.columns)) {
    const first = index * this.columns;
    for (let i = 0; i < this.columns; ++i) {
      const value = this.values[first + i];
      into[i] = this.type === "int8" ? this.scales[index] * value
        : this.type === "fp16" ? halfToFloat(value) : value;
    }
    return into;
  }

  all() {
    const floats = new Float32Array(this.rows * this.columns);
    for (let row = 0; row < this.rows; ++row)
      this.row(row, floats.subarray(row * this.columns, (row + 1) * this.columns));
    return floats;
  }
}

function checkConfig(config) {
  require(config !== null && typeof config === "object", "its configuration is missing");
  require(isCount(config.width, 8192) && isCount(config.latent, 65536) &&
    Number.isInteger(config.hidden_layers) && config.hidden_layers >= 0 &&
    config.hidden_layers <= 64, "the size of its network is absurd");
  require(config.channels === 3 || config.channels === 4, "its images have neither 3 nor 4 channels");
  require(["input", "shift", "film"].includes(config.conditioning),
    `its conditioning is unknown: ${config.conditioning}`);
  require(["rgb", "palette"].includes(config.head), `its head is unknown: ${config.head}`);
  require(isCount(config.supersample, 64), "its number of samples is absurd");
  if (config.head === "rgb") return;
  require(isCount(config.palette_size, 1024), "the size of its palettes is absurd");
  require(["free", "predicted"].includes(config.palette) &&
    ["constant", "affine"].includes(config.palette_fields), "its palettes are of an unknown kind");
}

function checkImages(images) {
  require(Array.isArray(images) && images.length > 0, "it has no images");
  for (const image of images)
    require(Array.isArray(image) && typeof image[0] === "string" &&
      isCount(image[1], largestImageSide) && isCount(image[2], largestImageSide),
      "its list of images is damaged");
}

export const paletteNumbers = (config) => config.head === "rgb" ? 0
  : config.palette_size * config.channels * (config.palette_fields === "affine" ? 3 : 1);

/// The shapes that the configuration asks for, by name.
function expectedShapes(config, images) {
  const { width, latent, hidden_layers: layers } = config, palette = paletteNumbers(config);
  const outputs = config.head === "rgb" ? config.channels : config.palette_size;
  const shapes = { "first.weight": [width, 2], "first.bias": [1, width] };
  for (let l = 0; l < layers; ++l) {
    shapes[`hidden.${l}.weight`] = [width, width];
    shapes[`hidden.${l}.bias`] = [1, width];
  }
  for (let l = 0; l <= layers; ++l) {
    const layer = l === 0 ? "first" : `hidden.${l - 1}`;
    if (l === 0 || config.conditioning !== "input") shapes[`${layer}.modulation`] = [width, latent];
    if (config.conditioning === "film") shapes[`${layer}.gain`] = [width, latent];
  }
  shapes["output.weight"] = [outputs, width];
  shapes["output.bias"] = [1, outputs];
  if (palette > 0 && config.palette === "predicted") {
    shapes["palette.weight"] = [palette, latent];
    shapes["palette.bias"] = [1, palette];
  }
  shapes.latents = [images, latent];
  if (palette > 0 && config.palette === "free") shapes.palettes = [images, palette];
  return shapes;
}

function readTensors(list, bytes) {
  require(Array.isArray(list), "its list of tensors is missing");
  const tensors = Object.create(null);
  let offset = 0;
  for (const entry of list) {
    require(Array.isArray(entry) && isCount(entry[1], 2 ** 31) && isCount(entry[2], 2 ** 31),
      "its list of tensors is damaged");
    const [name, rows, columns, type] = entry;
    const size = StoredTensor.bytes(rows, columns, type);
    require(typeof name === "string" && size !== undefined && offset + size <= bytes.length, `"${name}" goes beyond its numbers`);
    tensors[name] = new StoredTensor(bytes, offset, rows, columns, type);
    offset += size;
  }
  require(offset === bytes.length, "it has more numbers than tensors");
  return tensors;
}

function checkTensors(tensors, config, images) {
  const expected = expectedShapes(config, images);
  if (tensors.shifts) expected.shifts = [images, (config.hidden_layers + 1) * config.width];
  for (const [name, [rows, columns]] of Object.entries(expected)) {
    const found = tensors[name];
    require(found, `"${name}" is missing`);
    require(found.rows === rows && found.columns === columns,
      `"${name}" is ${found.rows} x ${found.columns}; expected ${rows} x ${columns}`);
  }
  for (const name of Object.keys(tensors)) require(Object.hasOwn(expected, name), `"${name}" is unexpected`);
}

/// Everything that decoding needs: {config, images, tensors}.
export function readModel(data) {
  require(data !== null && typeof data === "object" && data.format === 1,
    "it is of a version that this page does not know");
  checkConfig(data.config);
  checkImages(data.images);
  const bytes = bytesOf(data.numbers);
  require(checksumOf(bytes) === data.checksum, "its checksum is wrong");
  const tensors = readTensors(data.tensors, bytes);
  checkTensors(tensors, data.config, data.images.length);
  const images = data.images.map(([name, width, height]) => ({ name, width, height }));
  return { config: data.config, images, tensors };
}

/// The shared network as floats, without what belongs to single images. Workers get a copy.
export function sharedNetwork(model) {
  const parameters = {};
  for (const [name, tensor] of Object.entries(model.tensors))
    if (!["latents", "palettes", "shifts"].includes(name)) parameters[name] = tensor.all();
  return { config: model.config, parameters };
}

/// The numbers that identify an image to the network: {latent, palette, shifts}, the last two null
/// where the model has none.
export function imageCode(model, index) {
  const row = (name) => model.tensors[name]?.row(index) ?? null;
  return { latent: row("latents"), palette: row("palettes"), shifts: row("shifts") };
}

/// The sum of codes with these weights, which add up to 1.
export function mixedCode(codes, weights) {
  const mix = (part) => {
    if (codes[0][part] === null) return null;
    const sum = new Float32Array(codes[0][part].length);
    codes.forEach((code, k) => {
      for (let i = 0; i < sum.length; ++i) sum[i] += weights[k] * code[part][i];
    });
    return sum;
  };
  return { latent: mix("latent"), palette: mix("palette"), shifts: mix("shifts") };
}
