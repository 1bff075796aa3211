// agreement.mjs CHORUS PAGE WORK SIZE [plain|wasm]: decodes images of a page as the page does and
// compares with what the program decodes from the same numbers.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { toBytes } from "../../apps/view/script/colors.js";
import { condition } from "../../apps/view/script/condition.js";
import { imageCode, readModel, sharedNetwork } from "../../apps/view/script/model.js";
import { renderPart, samplesFor, wholePicture } from "../../apps/view/script/raster.js";
import { makeNetwork } from "../../apps/view/script/worker.js";
import { pageData, writeModelFile } from "./page_file.mjs";
import { largestDifference, readPng } from "./png.mjs";

const [chorus, page, work, sizeText, kind = "wasm"] = process.argv.slice(2);
const side = Number(sizeText), mostImages = 12;

const model = readModel(pageData(page));
const file = join(work, "numbers.safetensors"), folder = join(work, `decoded_${side}`);
if (!existsSync(folder)) {
  writeModelFile(model, file);
  execFileSync(chorus, ["upsample", file, "--size", sizeText, "--sheet-rows", "0", "-o", folder]);
}
const shared = sharedNetwork(model), network = makeNetwork(shared, kind);
let most = 0;
for (let i = 0; i < Math.min(mostImages, model.images.length); ++i) {
  const image = model.images[i], longer = Math.max(image.width, image.height);
  const scaled = (length) => Math.max(1, Math.round(length * side / longer));
  const expected = readPng(join(folder, `${image.name}.png`));
  const part = wholePicture(expected.width, expected.height, samplesFor(model.config, image, side));
  if (Math.abs(scaled(image.width) - expected.width) > 1) throw new Error("other sizes");
  network.prepare(condition(shared, imageCode(model, i)));
  const bytes = toBytes(renderPart(network, part));
  most = Math.max(most, largestDifference(bytes, expected.pixels));
}
console.log(`${network.name}: at most ${most.toFixed(2)} levels from the program's`);
if (most > 2) {
  console.log("expected at most 2 levels");
  process.exit(1);
}
