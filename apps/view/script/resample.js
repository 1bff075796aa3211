// ---- What other programs make of the training pixels --------------------------------------------

/// The kernel of bicubic enlargement with a = -0.5, as in resample.hpp.
function cubic(distance) {
  const x = Math.abs(distance), a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
}

/// For each pixel of one axis of a part: the first of four source pixels, and their shares.
function taps(sourceLength, length, first, count, isCubic) {
  return Array.from({ length: count }, (_, i) => {
    const at = (first + i + 0.5) * sourceLength / length - 0.5;
    if (!isCubic) return { places: [Math.min(sourceLength - 1, Math.floor(at + 0.5))], shares: [1] };
    const places = [-1, 0, 1, 2].map((k) => Math.floor(at) + k)
      .filter((place) => place >= 0 && place < sourceLength);
    const shares = places.map((place) => cubic(at - place));
    const sum = shares.reduce((all, each) => all + each, 0);
    return { places, shares: shares.map((share) => share / sum) };
  });
}

const clipped = (value) => Math.min(1, Math.max(0, value));

/// The same part of a picture that renderPart() draws, from the colours of a small picture
/// {width, height, colors} by "nearest" or "bicubic".
export function enlargePart(source, part, filter) {
  const isCubic = filter === "bicubic";
  const xs = taps(source.width, part.width, part.left, part.columns, isCubic);
  const ys = taps(source.height, part.height, part.top, part.rows, isCubic);
  const wide = new Float32Array(4 * part.columns * source.height);
  for (let y = 0; y < source.height; ++y)
    xs.forEach(({ places, shares }, x) => {
      for (let c = 0; c < 4; ++c) {
        let sum = 0;
        places.forEach((place, k) => { sum += shares[k] * source.colors[4 * (y * source.width + place) + c]; });
        wide[4 * (y * part.columns + x) + c] = clipped(sum);
      }
    });
  const colors = new Float32Array(4 * part.columns * part.rows), stride = 4 * part.columns;
  ys.forEach(({ places, shares }, y) => {
    for (let i = 0; i < stride; ++i) {
      let sum = 0;
      for (let k = 0; k < places.length; ++k) sum += shares[k] * wide[places[k] * stride + i];
      colors[y * stride + i] = clipped(sum);
    }
  });
  return colors;
}
