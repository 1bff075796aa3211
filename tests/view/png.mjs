// Reads the PNGs that chorus writes: 8 bits, three or four channels, not interlaced.

import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const paeth = (a, b, c) => {
  const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

function unfilter(data, width, height, channels) {
  const stride = width * channels, out = new Uint8Array(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = data[y * (stride + 1)];
    for (let i = 0; i < stride; ++i) {
      const at = y * stride + i, left = i >= channels ? out[at - channels] : 0;
      const up = y > 0 ? out[at - stride] : 0;
      const corner = y > 0 && i >= channels ? out[at - stride - channels] : 0;
      const guess = [0, left, up, left + up >> 1, paeth(left, up, corner)][filter];
      out[at] = data[y * (stride + 1) + 1 + i] + guess;
    }
  }
  return out;
}

/// {width, height, pixels}: four bytes a pixel, straight colours.
export function readPng(file) {
  const bytes = readFileSync(file);
  const parts = [];
  let width, height, type, palette, transparency, depth;
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at), name = bytes.toString("latin1", at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      [depth, type] = [body[8], body[9]];
    } else if (name === "PLTE") palette = body;
    else if (name === "tRNS") transparency = body;
    else if (name === "IDAT") parts.push(body);
    at += length + 12;
  }
  if (depth !== 8 || palette || transparency) throw new Error(`${file}: not a PNG of this kind`);
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[type];
  const raw = unfilter(inflateSync(Buffer.concat(parts)), width, height, channels);
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let p = 0; p < width * height; ++p)
    for (let c = 0; c < 4; ++c) {
      const isAlpha = c === 3;
      const from = channels < 3 ? (isAlpha ? 1 : 0) : c;
      pixels[4 * p + c] = isAlpha && (channels === 1 || channels === 3) ? 255 : raw[p * channels + from];
    }
  return { width, height, pixels };
}

/// The largest difference of two pictures in levels, in premultiplied colours: those of an invisible
/// pixel mean nothing.
export function largestDifference(a, b) {
  let most = 0;
  for (let at = 0; at < a.length; at += 4) {
    most = Math.max(most, Math.abs(a[at + 3] - b[at + 3]));
    for (let c = 0; c < 3; ++c)
      most = Math.max(most, Math.abs(a[at + c] * a[at + 3] - b[at + c] * b[at + 3]) / 255);
  }
  return most;
}
