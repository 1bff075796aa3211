// ---- From the network's outputs to colours ------------------------------------------------------

/// The value of the fourth number of an opaque pixel: image.hpp says why.
export const balancedAlpha = Math.sqrt(3) / 2;

/// Writes the colours of `count` points, premultiplied and from 0 to 1, four numbers each.
/// `outputs` holds output k of point p at [k * stride + p]; points are x, y, x, y, ...
export function colorsOf(config, outputs, stride, points, count, palette, into, first) {
  const channels = config.channels, color = new Float64Array(4);
  const entries = config.head === "palette" ? config.palette_size : 0;
  const isAffine = entries > 0 && config.palette_fields === "affine";
  const shares = new Float64Array(entries);
  for (let p = 0; p < count; ++p) {
    color[3] = balancedAlpha;
    if (entries === 0) {
      for (let c = 0; c < channels; ++c) color[c] = outputs[c * stride + p];
    } else {
      softmax(outputs, stride, p, shares);
      mixEntries(shares, palette, channels, isAffine, points[2 * p], points[2 * p + 1], color);
    }
    putPremultiplied(color, channels, into, 4 * (first + p));
  }
}

function softmax(outputs, stride, p, shares) {
  let most = -Infinity, sum = 0;
  for (let k = 0; k < shares.length; ++k) most = Math.max(most, outputs[k * stride + p]);
  for (let k = 0; k < shares.length; ++k)
    sum += shares[k] = Math.exp(outputs[k * stride + p] - most);
  for (let k = 0; k < shares.length; ++k) shares[k] /= sum;
}

function mixEntries(shares, palette, channels, isAffine, x, y, color) {
  const entries = shares.length, slopes = channels * entries;
  for (let c = 0; c < channels; ++c) {
    let sum = 0;
    for (let k = 0, at = c * entries; k < entries; ++k, ++at) {
      const entry = isAffine
        ? palette[at] + x * palette[at + slopes] + y * palette[at + 2 * slopes] : palette[at];
      sum += shares[k] * entry;
    }
    color[c] = sum;
  }
}

function putPremultiplied(color, channels, into, at) {
  const alpha = channels === 4 ? color[3] / balancedAlpha : 1, grey = (1 - alpha) / 2;
  for (let c = 0; c < 3; ++c) into[at + c] = color[c] - grey;
  into[at + 3] = alpha;
}

/// Premultiplied colours as bytes in straight colours, as canvases and PNGs have them.
export function toBytes(colors, bytes = new Uint8ClampedArray(colors.length)) {
  for (let at = 0; at < colors.length; at += 4) {
    // Not clipped: a network may overshoot in colour and alpha alike.
    const alpha = colors[at + 3];
    const factor = alpha > 0 ? 255 / alpha : 0;
    for (let c = 0; c < 3; ++c) bytes[at + c] = factor * colors[at + c];
    bytes[at + 3] = 255 * alpha;
  }
  return bytes;
}

/// The opposite of toBytes().
export function toColors(bytes) {
  const colors = new Float32Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 4) {
    const alpha = colors[at + 3] = bytes[at + 3] / 255;
    for (let c = 0; c < 3; ++c) colors[at + c] = alpha * bytes[at + c] / 255;
  }
  return colors;
}
