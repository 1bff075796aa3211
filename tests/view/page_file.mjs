// What a page holds, as the program wrote it.

import { readFileSync, writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";

/// The data of a page's model.
export function pageData(file) {
  const page = readFileSync(file, "utf8");
  const [, text] = /<script type="application\/json" id="model">([^<]*)<\/script>/.exec(page);
  return JSON.parse(text);
}

function checksumOf(bytes) {
  if (crc32) return crc32(bytes);
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; ++k) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/// Writes the numbers that a page has as a model file, so that the program can decode exactly what
/// the page decodes. docs/file_format.md describes it.
export function writeModelFile(model, file) {
  const metadata = {
    format: "chorus model", format_version: model.config.channels === 4 ? "2" : "1",
    configuration: JSON.stringify({ omega_first: 20, omega_hidden: 30, ...model.config }),
    decoding: JSON.stringify({ supersample: model.config.supersample }),
    images: JSON.stringify(model.images), notes: "{}", checksum: "crc32:00000000",
  };
  const header = { __metadata__: metadata }, numbers = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(model.tensors)) {
    const values = Buffer.from(tensor.all().buffer);
    header[name] = { dtype: "F32", shape: [tensor.rows, tensor.columns],
      data_offsets: [offset, offset + values.length] };
    numbers.push(values);
    offset += values.length;
  }
  let text = JSON.stringify(header);
  text += " ".repeat(-text.length & 7);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  const whole = Buffer.concat([length, Buffer.from(text), ...numbers]);
  const digits = checksumOf(whole).toString(16).padStart(8, "0");
  whole.write(digits, whole.indexOf("crc32:00000000") + 6);
  writeFileSync(file, whole);
}
