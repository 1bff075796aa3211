// Computes the samples of a folder with onnxruntime and compares them with what chorus computed.
//   node onnx.mjs NODE_MODULES FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, folder] = process.argv.slice(2);
const ort = createRequire(join(modules, 'x.js'))('onnxruntime-node');
const allowed = 0.5 / 255;

async function largestError(session, sample, wanted) {
  const count = sample.coordinates.length / 2;
  const index = (value) => new ort.Tensor('int64', BigInt64Array.from([BigInt(value)]), [1]);
  const feeds = {
    coordinates: new ort.Tensor('float32', Float32Array.from(sample.coordinates), [count, 2]),
    image: index(wanted.image),
    other: index(wanted.other),
    t: new ort.Tensor('float32', Float32Array.from([wanted.t]), [1]),
  };
  const { color } = await session.run(feeds);
  if (color.dims.join() !== [count, sample.channels].join()) return Infinity;
  return Math.max(...wanted.colors.map((value, i) => Math.abs(value - color.data[i])));
}

let checked = 0;
let failed = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx')).sort()) {
  const sample = JSON.parse(readFileSync(join(folder, file.replace('.onnx', '.json'))));
  const session = await ort.InferenceSession.create(join(folder, file));
  for (const which of ['alone', 'mixed']) {
    const error = await largestError(session, sample, sample[which]);
    checked += 1;
    if (!(error <= allowed)) failed += 1;
    console.log(`${file} (${sample.kind}), ${which}: largest error ${(255 * error).toFixed(5)} levels`);
  }
}
console.log(`${checked} checked, ${failed} failed`);
process.exit(checked > 0 && failed === 0 ? 0 : 1);
