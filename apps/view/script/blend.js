import { mixedCode } from "./model.js";

// ---- Between images -----------------------------------------------------------------------------

/// Where the corners of a pad for 2, 3 or 4 images are, from 0 to 1.
export const cornersOf = (count) => ({
  2: [[0, 0.5], [1, 0.5]],
  3: [[0, 0], [1, 0], [0.5, 1]],
  4: [[0, 0], [1, 0], [1, 1], [0, 1]],
})[count];

const nonNegative = (weights) => {
  const kept = weights.map((weight) => Math.max(0, weight));
  const sum = kept.reduce((all, each) => all + each, 0);
  return kept.map((weight) => weight / sum);
};

/// The shares of the corners at a place of the pad: on the line, in the triangle, or bilinear.
export function weightsAt(count, [x, y]) {
  if (count === 2) return [1 - x, x];
  if (count === 4) return [(1 - x) * (1 - y), x * (1 - y), x * y, (1 - x) * y];
  const third = y, second = x - 0.5 * y;
  return nonNegative([1 - second - third, second, third]);
}

/// The nearest place that belongs to the pad.
export function within(count, [x, y]) {
  const clip = (value) => Math.min(1, Math.max(0, value));
  if (count === 2) return [clip(x), 0.5];
  if (count === 4) return [clip(x), clip(y)];
  const corners = cornersOf(3), weights = weightsAt(3, [x, y]);
  return [0, 1].map((axis) => weights.reduce((sum, weight, k) => sum + weight * corners[k][axis], 0));
}

/// The code and the shape of a mixture of images. Shapes mix by their aspects.
export function blend(collection, indices, weights) {
  const code = mixedCode(indices.map((index) => collection.code(index)), weights);
  let aspect = 0, longer = 0;
  indices.forEach((index, k) => {
    const { width, height } = collection.images[index];
    aspect += weights[k] * Math.log(width / height);
    longer += weights[k] * Math.max(width, height);
  });
  const ratio = Math.exp(aspect);
  return { code, shape: { width: ratio >= 1 ? longer : longer * ratio,
    height: ratio >= 1 ? longer / ratio : longer } };
}

/// The two images that look most alike at a glance, among some of the collection: a morph to begin
/// with. Their latents do not tell.
export async function likelyPair(collection) {
  const most = 60, glance = 10, count = collection.images.length;
  const step = Math.max(1, Math.floor(count / most));
  const indices = collection.images.map((_, index) => index).filter((index) => index % step === 0).slice(0, most);
  const square = { ...collection.whole(0, glance, { width: 1, height: 1 }), samples: 1 };
  const seen = await Promise.all(indices.map(async (index) => {
    const found = await collection.pool.request({ code: collection.code(index), part: square }, 3).promise;
    return found.bytes;
  }));
  let best = [0, 1], least = Infinity;
  for (let a = 0; a < indices.length; ++a)
    for (let b = a + 1; b < indices.length; ++b) {
      const distance = seen[a].reduce((sum, value, i) => sum + (value - seen[b][i]) ** 2, 0);
      if (distance < least) [best, least] = [[indices[a], indices[b]], distance];
    }
  return best;
}
