import { balancedAlpha } from "./colors.js";

// ---- Pictures -----------------------------------------------------------------------------------

/// A pixel whose centre differs from a neighbour's by more than this is averaged over its points, as
/// in the program's own decoder (render.cpp).
const busyThreshold = 4 / 255;

/// Where the corners of a cell of the grid differ by less than this, a quick picture is filled by
/// interpolation. (To evaluate the cells beside those with an edge as well takes half as many points
/// again, and brought a picture no nearer.)
const quickThreshold = 2 / 255;
const quickStep = 4;

/// Points of a pixel, from 0 to 1: a grid, or two besides its centre for a quick picture.
const gridOf = (k) => Array.from({ length: k * k }, (_, i) => [(i % k + 0.5) / k, (Math.floor(i / k) + 0.5) / k]);
const quickPoints = [[0.25, 0.75], [0.75, 0.25]];

/// A part of a picture: pixels [left, left + columns) x [top, top + rows) of a picture of
/// width x height pixels that covers the square [x0, x1] x [y0, y1] of the image, all of which is
/// [-1, 1] x [-1, 1].
///   {width, height, x0, y0, x1, y1, left, top, columns, rows, samples}
/// Returns colours (four numbers a pixel, premultiplied). `quick` leaves out what seems to be flat.
export function renderPart(network, part, quick = false) {
  const grown = grow(part);
  const inner = { left: part.left - grown.left, top: part.top - grown.top };
  const colors = quick ? quickColors(network, grown) : allColors(network, grown);
  if (part.samples > 1) sampleBusy(network, grown, colors, quick);
  return crop(colors, grown.columns, inner, part.columns, part.rows);
}

/// The part with one more pixel on each side where the picture goes on, since pixels are compared
/// with their neighbours.
export function grow(part) {
  const left = Math.max(0, part.left - 1), top = Math.max(0, part.top - 1);
  return { ...part, left, top,
    columns: Math.min(part.width, part.left + part.columns + 1) - left,
    rows: Math.min(part.height, part.top + part.rows + 1) - top };
}

const across = (part, pixel) => part.x0 + (part.x1 - part.x0) * pixel / part.width;
const down = (part, pixel) => part.y0 + (part.y1 - part.y0) * pixel / part.height;

/// Colours of the centres of listed pixels, which are numbered by rows of the part.
function evaluate(network, part, pixels, into) {
  const points = new Float32Array(2 * pixels.length), found = new Float32Array(4 * pixels.length);
  pixels.forEach((pixel, i) => {
    points[2 * i] = across(part, part.left + pixel % part.columns + 0.5);
    points[2 * i + 1] = down(part, part.top + Math.floor(pixel / part.columns) + 0.5);
  });
  network.colors(points, pixels.length, found);
  pixels.forEach((pixel, i) => into.set(found.subarray(4 * i, 4 * i + 4), 4 * pixel));
}

function allColors(network, part) {
  const { columns, rows } = part, points = new Float32Array(2 * columns * rows);
  for (let y = 0, at = 0; y < rows; ++y)
    for (let x = 0; x < columns; ++x) {
      points[at++] = across(part, part.left + x + 0.5);
      points[at++] = down(part, part.top + y + 0.5);
    }
  const colors = new Float32Array(4 * columns * rows);
  network.colors(points, columns * rows, colors);
  return colors;
}

/// Compares pixels in balanced numbers, as the program's decoder does (image.hpp).
function differ(colors, p, q, threshold) {
  const opacity = colors[4 * p + 3] - colors[4 * q + 3];
  for (let c = 0; c < 3; ++c)
    if (Math.abs(colors[4 * p + c] - colors[4 * q + c] - opacity / 2) > threshold) return true;
  return Math.abs(opacity) * balancedAlpha > threshold;
}

/// Where the lines of a coarse grid run: every few pixels, and through the last.
function gridLines(length) {
  const lines = [];
  for (let at = 0; at < length - 1; at += quickStep) lines.push(at);
  lines.push(length - 1);
  return lines;
}

/// First a coarse grid, then every pixel of the cells whose corners differ; others are interpolated.
function quickColors(network, part) {
  const { columns, rows } = part, colors = new Float32Array(4 * columns * rows);
  const xs = gridLines(columns), ys = gridLines(rows);
  evaluate(network, part, ys.flatMap((y) => xs.map((x) => y * columns + x)), colors);
  const restless = restlessCells(colors, columns, xs, ys);
  const wanted = new Uint8Array(columns * rows);
  for (let row = 0; row + 1 < ys.length; ++row)
    for (let column = 0; column + 1 < xs.length; ++column) {
      const cell = { left: xs[column], right: xs[column + 1], top: ys[row], bottom: ys[row + 1] };
      if (restless[row * (xs.length - 1) + column]) mark(cell, columns, wanted);
      else interpolate(colors, columns, cell);
    }
  evaluate(network, part, listed(wanted), colors);
  return colors;
}

function restlessCells(colors, columns, xs, ys) {
  const width = xs.length - 1, restless = new Uint8Array(Math.max(0, width * (ys.length - 1)));
  for (let row = 0; row + 1 < ys.length; ++row)
    for (let column = 0; column < width; ++column) {
      const corner = (x, y) => ys[row + y] * columns + xs[column + x], first = corner(0, 0);
      if (differ(colors, first, corner(1, 0), quickThreshold) ||
          differ(colors, first, corner(0, 1), quickThreshold) ||
          differ(colors, first, corner(1, 1), quickThreshold)) restless[row * width + column] = 1;
    }
  return restless;
}

/// Marks the pixels of a cell that are not on the grid. Cells share their borders.
function mark(cell, columns, wanted) {
  for (let y = cell.top; y <= cell.bottom; ++y)
    for (let x = cell.left; x <= cell.right; ++x) {
      const isCorner = (x === cell.left || x === cell.right) && (y === cell.top || y === cell.bottom);
      if (!isCorner) wanted[y * columns + x] = 1;
    }
}

const listed = (marks) => {
  const places = [];
  marks.forEach((is, place) => { if (is) places.push(place); });
  return places;
};

function interpolate(colors, columns, { left, right, top, bottom }) {
  for (let y = top; y <= bottom; ++y)
    for (let x = left; x <= right; ++x) {
      const u = (x - left) / (right - left || 1), v = (y - top) / (bottom - top || 1);
      if ((u === 0 || u === 1) && (v === 0 || v === 1)) continue;
      for (let c = 0; c < 4; ++c) {
        const at = (row, column) => colors[4 * (row * columns + column) + c];
        colors[4 * (y * columns + x) + c] =
          (1 - v) * ((1 - u) * at(top, left) + u * at(top, right)) +
          v * ((1 - u) * at(bottom, left) + u * at(bottom, right));
      }
    }
}

/// The pixels that differ from one of their eight neighbours.
export function busyPixels(colors, columns, rows) {
  const busy = new Uint8Array(columns * rows);
  const compare = (p, q) => {
    if (!(busy[p] && busy[q]) && differ(colors, p, q, busyThreshold)) busy[p] = busy[q] = 1;
  };
  for (let y = 0; y < rows; ++y)
    for (let x = 0; x < columns; ++x) {
      const p = y * columns + x, right = x + 1 < columns, below = y + 1 < rows;
      if (right) compare(p, p + 1);
      if (below) compare(p, p + columns);
      if (right && below) {
        compare(p, p + columns + 1);
        compare(p + 1, p + columns);
      }
    }
  return listed(busy);
}

/// Gives each busy pixel the mean of its samples x samples points, or of a few.
function sampleBusy(network, part, colors, quick) {
  const pixels = busyPixels(colors, part.columns, part.rows);
  const spread = quick ? quickPoints : gridOf(part.samples), count = spread.length;
  const points = new Float32Array(2 * count * pixels.length);
  let at = 0;
  for (const pixel of pixels)
    for (const [u, v] of spread) {
      points[at++] = across(part, part.left + pixel % part.columns + u);
      points[at++] = down(part, part.top + Math.floor(pixel / part.columns) + v);
    }
  const found = new Float32Array(2 * points.length);
  network.colors(points, points.length / 2, found);
  pixels.forEach((pixel, i) => {
    for (let c = 0; c < 4; ++c) {
      let sum = quick ? colors[4 * pixel + c] : 0;
      for (let s = 0; s < count; ++s) sum += found[4 * (i * count + s) + c];
      colors[4 * pixel + c] = sum / (quick ? count + 1 : count);
    }
  });
}

function crop(colors, columns, inner, width, height) {
  const cropped = new Float32Array(4 * width * height);
  for (let y = 0; y < height; ++y) {
    const from = 4 * ((inner.top + y) * columns + inner.left);
    cropped.set(colors.subarray(from, from + 4 * width), 4 * y * width);
  }
  return cropped;
}

/// Points per axis whose mean a pixel should be, as `chorus upsample` chooses them.
export function samplesFor(config, image, longerSide) {
  const trained = Math.max(image.width, image.height);
  const asDense = Math.ceil(config.supersample * trained / longerSide);
  return Math.max(asDense, config.supersample > 1 ? 2 : 1);
}

/// The picture of a whole image as a part.
export const wholePicture = (width, height, samples) => ({ width, height, x0: -1, y0: -1, x1: 1,
  y1: 1, left: 0, top: 0, columns: width, rows: height, samples });
