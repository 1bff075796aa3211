// synthetic_model.mjs FILE COUNT: a model of many images that was never trained.

import { writeModelFile } from "./page_file.mjs";

const [file, countText] = process.argv.slice(2), count = Number(countText);
const width = 32, latent = 64, layers = 2, entries = 8;
let state = 1;
const random = () => {
  state = Math.imul(state, 1664525) + 1013904223 >>> 0;
  return state / 2 ** 31 - 1;
};
const tensor = (rows, columns, scale) => ({ rows, columns,
  all: () => Float32Array.from({ length: rows * columns }, () => scale * random()) });

const tensors = { "first.weight": tensor(width, 2, 10), "first.bias": tensor(1, width, 3),
  "first.modulation": tensor(width, latent, 0.3) };
for (let l = 0; l < layers; ++l) {
  tensors[`hidden.${l}.weight`] = tensor(width, width, 0.4);
  tensors[`hidden.${l}.bias`] = tensor(1, width, 1);
  tensors[`hidden.${l}.modulation`] = tensor(width, latent, 0.3);
}
tensors["output.weight"] = tensor(entries, width, 3);
tensors["output.bias"] = tensor(1, entries, 1);
tensors.latents = tensor(count, latent, 1);
tensors.palettes = { rows: count, columns: 3 * entries,
  all: () => Float32Array.from({ length: count * 3 * entries }, () => 0.5 + 0.5 * random()) };
const images = Array.from({ length: count }, (_, i) =>
  ({ name: `image ${String(i).padStart(5, "0")}`, width: 24, height: 24 }));
writeModelFile({ config: { width, hidden_layers: layers, latent, channels: 3, conditioning: "shift",
  head: "palette", palette_size: entries, palette: "free", palette_fields: "constant", supersample: 2 },
images, tensors }, file);
