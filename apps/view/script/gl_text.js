// ---- The network as a fragment shader -----------------------------------------------------------

/// Texels in a row of the texture of weights.
export const textureWidth = 1024;

const quads = (count) => Math.ceil(count / 4);

/// Where things lie, in texels of four numbers. `weights` never changes; `code` belongs to an image
/// and has the shift of every layer, the gains, and the palette: every entry's channels in a texel,
/// with affine fields followed by those of gx and gy.
export function glLayout(config) {
  const units = quads(config.width), layers = config.hidden_layers + 1;
  const outputs = config.head === "rgb" ? config.channels : config.palette_size;
  const first = 0, hidden = first + 2 * units;
  const matrix = 4 * units * units, output = hidden + config.hidden_layers * matrix;
  const bias = output + outputs * units, end = bias + quads(outputs);
  const gains = layers * units;
  const palette = gains + (config.conditioning === "film" ? layers * units : 0);
  const fields = config.palette_fields === "affine" ? 3 : 1;
  const codeEnd = palette + (config.head === "rgb" ? 0 : outputs * fields);
  return { units, layers, outputs, first, hidden, matrix, output, bias, end, gains, palette, fields,
    codeEnd };
}

/// sin() as in wasm_code.js: that of a GPU may be off by thousandths.
const sineText = `
vec4 sine(vec4 v) {
  vec4 turns = roundEven(v * 0.31830988618);
  vec4 r = ((v - turns * 3.140625) - turns * 0.0009675025939941406) - turns * 1.50995799e-7;
  vec4 s = r * r;
  vec4 p = ((((-2.3889859e-8 * s + 2.7525562e-6) * s - 1.9840874e-4) * s + 8.3333310e-3) * s
    - 1.6666667e-1) * s + 1.0;
  return r * p * (1.0 - 2.0 * mod(abs(turns), 2.0));
}`;

const layerText = (config, layout) => `
const int units = ${layout.units};
vec4 W(int at) { return texelFetch(weights, ivec2(at & ${textureWidth - 1}, at >> 10), 0); }
vec4 C(int at) { return texelFetch(code, ivec2(at & ${textureWidth - 1}, at >> 10), 0); }
vec4 wave(vec4 product, int layer, int unit) {
  int at = layer * units + unit;
  ${config.conditioning === "film" ? `product *= C(${layout.gains} + at);` : ""}
  return sine(product + C(at));
}
void layer(int first, int number, in vec4 from[units], out vec4 to[units]) {
  for (int j = 0; j < units; ++j) {
    int row = first + 4 * j * units;
    vec4 sum = vec4(0.0);
    for (int k = 0; k < units; ++k) {
      vec4 h = from[k];
      sum += vec4(dot(W(row + k), h), dot(W(row + units + k), h), dot(W(row + 2 * units + k), h),
        dot(W(row + 3 * units + k), h));
    }
    to[j] = wave(sum, number, j);
  }
}`;

/// The last layer, an output at a time; palettes are mixed on the way by a running softmax.
function headText(config, layout) {
  const product = `
    float o = W(${layout.bias} + (k >> 2))[k & 3];
    for (int i = 0; i < units; ++i) o += dot(W(${layout.output} + k * units + i), h[i]);`;
  if (config.head === "rgb") return `
  vec4 mixed = vec4(0.0);
  for (int k = 0; k < ${layout.outputs}; ++k) {${product}
    mixed[k] = o;
  }`;
  const entry = `C(${layout.palette} + k * ${layout.fields})` + (layout.fields === 1 ? "" :
    ` + at.x * C(${layout.palette} + k * 3 + 1) + at.y * C(${layout.palette} + k * 3 + 2)`);
  return `
  vec4 mixed = vec4(0.0);
  float most = -1e30, total = 0.0;
  for (int k = 0; k < ${layout.outputs}; ++k) {${product}
    float higher = max(most, o), old = exp(most - higher), share = exp(o - higher);
    mixed = mixed * old + share * (${entry});
    total = total * old + share;
    most = higher;
  }
  mixed /= total;`;
}

/// vec4 color(vec2 at): balanced numbers.
function colorText(config) {
  const layout = glLayout(config);
  const layers = Array.from({ length: config.hidden_layers }, (_, l) => {
    const [from, to] = l % 2 === 0 ? ["a", "b"] : ["b", "a"];
    return `layer(${layout.hidden + l * layout.matrix}, ${l + 1}, ${from}, ${to});`;
  });
  const last = config.hidden_layers % 2 === 0 ? "a" : "b";
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D weights, code, centres;
uniform vec2 start, pixel;
${sineText}${layerText(config, layout)}
vec4 color(vec2 at) {
  vec4 a[units], b[units];
  for (int j = 0; j < units; ++j)
    a[j] = wave(at.x * W(${layout.first} + 2 * j) + at.y * W(${layout.first} + 2 * j + 1), 0, j);
  ${layers.join("\n  ")}
  vec4 h[units] = ${last};
  ${headText(config, layout)}
  ${config.channels === 3 ? "mixed.a = 0.8660254038;" : ""}
  return mixed;
}
out vec4 result;`;
}

/// The first pass draws centres of pixels; the second averages the points of busy pixels.
export const glCentres = (config) => `${colorText(config)}
void main() { result = color(start + pixel * gl_FragCoord.xy); }`;

export const glPicture = (config) => `${colorText(config)}
uniform int samples;
uniform ivec2 size, corner;
bool differs(vec4 own, ivec2 place) {
  if (any(lessThan(place, ivec2(0))) || any(greaterThanEqual(place, size))) return false;
  return any(greaterThan(abs(texelFetch(centres, place, 0) - own), vec4(${4 / 255})));
}
void main() {
  ivec2 place = ivec2(gl_FragCoord.xy) + corner;
  vec4 sum = texelFetch(centres, place, 0);
  bool busy = false;
  for (int n = 0; n < 9; ++n) busy = busy || differs(sum, place + ivec2(n % 3 - 1, n / 3 - 1));
  if (busy && samples > 1) {
    vec4 all = vec4(0.0);
    for (int v = 0; v < samples; ++v)
      for (int u = 0; u < samples; ++u)
        all += color(start + pixel * (vec2(place) + (vec2(u, v) + 0.5) / float(samples)));
    sum = all / float(samples * samples);
  }
  float alpha = sum.a / 0.8660254038;
  vec3 premultiplied = sum.rgb - (1.0 - alpha) / 2.0;
  result = clamp(vec4(premultiplied / max(alpha, 1e-6), alpha), 0.0, 1.0);
}`;
