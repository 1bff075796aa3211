// view_tests.mjs CHORUS WORK [SCREENSHOTS]: opens the pages that view_in_browser.sh wrote into WORK.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readModel } from "../../apps/view/script/model.js";
import { startBrowser } from "./browser.mjs";
import { pageData, writeModelFile } from "./page_file.mjs";
import { largestDifference, readPng } from "./png.mjs";

const [chorus, work, shots] = process.argv.slice(2), mostLevels = 2;
const downloads = join(work, "downloads");
mkdirSync(downloads, { recursive: true });
const browser = await startBrowser(downloads);
let failures = 0;

function check(isRight, message) {
  if (isRight) return;
  ++failures;
  console.log(`FAILED: ${message}`);
}

async function test(name, body) {
  const begin = performance.now();
  try {
    await body();
    for (const complaint of await browser.complaints()) check(false, `${name}: ${complaint}`);
  } catch (error) {
    check(false, `${name}: ${error.message}`);
  }
  console.log(`${name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

const open = async (page, route, ready = "yes") => {
  await browser.open(`file://${join(work, page)}.html#${route}`);
  await browser.until(`document.documentElement.dataset.ready === "${ready}"`);
};

const noError = async (name) => {
  const error = await browser.value("document.documentElement.dataset.error ?? ''");
  check(error === "", `${name}: ${error}`);
};

/// What the program decodes from the numbers of a page, by names of images.
function programsPictures(page, size) {
  const folder = join(work, `${page}_${size}`), file = join(work, `${page}_numbers.safetensors`);
  writeModelFile(readModel(pageData(join(work, `${page}.html`))), file);
  execFileSync(chorus, ["upsample", file, "--size", String(size), "--sheet-rows", "0", "--overwrite",
    "-o", folder]);
  return (name) => readPng(join(folder, `${name}.png`));
}

/// Bytes of an array in the page.
const bytesOf = async (expression) => {
  const text = await browser.value(`(async () => { const bytes = await (${expression});
    let text = ""; for (const byte of bytes) text += String.fromCharCode(byte); return btoa(text); })()`);
  return new Uint8ClampedArray(Buffer.from(text, "base64"));
};

function compare(bytes, expected, what) {
  const levels = bytes.length === expected.length ? largestDifference(bytes, expected) : Infinity;
  check(levels <= mostLevels, `${what}: ${levels.toFixed(2)} levels from the program's picture`);
}

const canvasBytes = (id, { left, top, columns, rows }) => bytesOf(
  `document.getElementById("${id}").getContext("2d").getImageData(${left}, ${top}, ${columns}, ${rows}).data`);

await browser.resize(520, 600);

for (const [page, decoders] of [["icons", ["wasm", "plain", "webgl"]], ["alpha", ["wasm", "webgl"]],
  ["fields", ["wasm", "webgl"]], ["film", ["webgl"]], ["mixed", ["wasm", "webgl"]]])
  await test(`${page} decoded by ${decoders.join(", ")}`, async () => {
    const size = 40, expected = programsPictures(page, size);
    for (const decoder of decoders) {
      await open(page, `/wall?decoder=${decoder}`);
      await browser.until("document.documentElement.dataset.decoder");
      const used = await browser.value("document.documentElement.dataset.decoder");
      check(used === decoder, `${page}: asked for ${decoder}, got ${used}`);
      const names = await browser.value("chorus.collection.images.map((image) => image.name)");
      for (const [index, name] of names.slice(0, 2).entries())
        compare(await bytesOf(`chorus.pool.request({ code: chorus.collection.code(${index}),
          part: chorus.collection.whole(${index}, ${size}) }).promise.then((found) => found.bytes)`),
        expected(name).pixels, `${page}, ${name}, ${decoder}`);
      await noError(page);
    }
  });

await test("the wall shows all images and finds them by name", async () => {
  await open("icons", "/wall");
  await browser.until("[...document.querySelectorAll('.cell canvas')].every((c) => Number(c.dataset.side) > 24)");
  check(await browser.value("document.querySelectorAll('.cell').length") === 6, "six cells");
  await browser.value("{ const s = document.getElementById('search'); s.value = 'CAM'; s.oninput(); }");
  check(await browser.value("document.querySelectorAll('.cell').length") === 1, "one cell is found");
  check(await browser.value("document.getElementById('found').textContent") === "1 of 6", "the number found");
  await browser.value("document.querySelector('.cell').focus()");
  await browser.key("\uE007");
  await browser.until("document.body.dataset.view === 'image'");
  check(await browser.value("document.getElementById('image-name').textContent") === "camera", "camera opens");
});

const done = (id) => `document.getElementById("${id}").dataset.done === "yes"`;
const placed = "chorus.views.image.network.old";

await test("an image is decoded as the screen shows it, zooms and pans", async () => {
  await open("icons", "/image/folder");
  await browser.until(done("stage-network"));
  const whole = await browser.value(placed);
  compare(await canvasBytes("stage-network", { ...whole.part, left: whole.left, top: whole.top }),
    programsPictures("icons", whole.part.width)("folder").pixels, "folder on the screen");
  await browser.value("document.getElementById('stage').focus()");
  for (let i = 0; i < 6; ++i) await browser.key("+");
  await browser.until(`${placed}.part.width > 5 * ${whole.part.width}`);
  await browser.until(done("stage-network"));
  const close = await browser.value(placed);
  const exact = await bytesOf(`chorus.pool.request({ code: chorus.views.image.code,
    part: ${placed}.part }).promise.then((found) => found.bytes)`);
  compare(await canvasBytes("stage-network", { ...close.part, left: close.left, top: close.top }), exact,
    "the enlarged part");
  const box = await browser.value("(({ left, top, width, height }) => ({ left, top, width, height }))" +
    "(document.getElementById('stage').getBoundingClientRect())");
  const middle = [box.left + box.width / 2, box.top + box.height / 2];
  const before = await browser.value("chorus.views.image.frame.x");
  await browser.drag(middle, [middle[0] - 120, middle[1]]);
  const moved = (await browser.value("chorus.views.image.frame.x") - before) * close.part.width;
  check(Math.abs(moved - 120) < 3, `a drag of 120 px moved the image by ${moved.toFixed(1)} px`);
  await browser.key("0");
  await browser.until("chorus.views.image.frame.zoom === 1");
  await noError("zoom");
});

await test("the wipe shows what bicubic makes of the training pixels", async () => {
  await open("icons", "/image/key");
  await browser.value("{ const r = document.getElementById('rival'); r.value = 'nearest'; r.onchange(); }");
  await browser.until(done("stage-rival"));
  const { part, left, top } = await browser.value("chorus.views.image.rival.old");
  const nearest = await canvasBytes("stage-rival", { ...part, left, top });
  const small = programsPictures("icons", 24)("key").pixels;
  const enlarged = new Uint8ClampedArray(nearest.length);
  for (let y = 0; y < part.rows; ++y)
    for (let x = 0; x < part.columns; ++x) {
      const from = 4 * (Math.floor((y + 0.5) * 24 / part.height) * 24 + Math.floor((x + 0.5) * 24 / part.width));
      enlarged.set(small.subarray(from, from + 4), 4 * (y * part.columns + x));
    }
  compare(nearest, enlarged, "nearest");
  const box = await browser.value("(({ left, top, width, height }) => ({ left, top, width, height }))" +
    "(document.getElementById('stage').getBoundingClientRect())");
  const line = [box.left + box.width / 2, box.top + box.height / 3];
  await browser.drag(line, [box.left + box.width / 4, line[1]]);
  const wipe = await browser.value("chorus.views.image.wipe");
  check(Math.abs(wipe - 0.25) < 0.02, `the line is at ${wipe}; expected a quarter`);
  check(await browser.value("chorus.views.image.frame.x") === 0.5, "the image stays while the line moves");
});

await test("morphs: the pad, its corners, and playing", async () => {
  await open("icons", "/morph/camera/folder/key");
  await browser.until(done("morph-canvas"));
  check(await browser.value("document.querySelectorAll('.corner').length") === 3, "three corners");
  const handle = await browser.value("(({ left, top, width }) => [left + width / 2, top + width / 2])" +
    "(document.getElementById('pad-handle').getBoundingClientRect())");
  const pad = await browser.value("(({ left, top, width, height }) => ({ left, top, width, height }))" +
    "(document.getElementById('pad').getBoundingClientRect())");
  await browser.drag(handle, [pad.left + pad.width / 2, pad.top + pad.height / 3]);
  const words = await browser.value("document.getElementById('morph-words').textContent");
  check(/camera 3\d %, folder 3\d %, key 3\d %/.test(words), `in the middle: ${words}`);
  await browser.value("chorus.views.morph.moveTo([1, 0])");
  await browser.until("!chorus.views.morph.isBusy");
  await browser.until(done("morph-canvas"));
  const width = await browser.value("document.getElementById('morph-canvas').width");
  compare(await canvasBytes("morph-canvas", { left: 0, top: 0, columns: width, rows: width }),
    programsPictures("icons", width)("folder").pixels, "the corner of a morph");
  await browser.value("document.getElementById('morph-play').click()");
  const at = "JSON.stringify(chorus.views.morph.at)", from = await browser.value(at);
  await browser.until(`${at} !== ${JSON.stringify(from)}`);
  await browser.value("document.getElementById('morph-play').click()");
  check(await browser.value("chorus.views.morph.player.isPlaying") === false, "it pauses");
  await noError("morph");
});

await test("the map mixes neighbours, and shows an image itself where one is", async () => {
  await open("icons", "/map");
  await browser.until("document.getElementById('map-near').children.length === 4");
  await browser.value("{ const map = chorus.views.map; map.spot = map.places[2].slice(); map.lens(); }");
  await browser.until("document.querySelector('#map-near span')?.textContent === '100 %'");
  const name = await browser.value("document.querySelector('#map-near a').textContent");
  check(name === await browser.value("chorus.collection.images[2].name"), `at an image stands ${name}`);
  await noError("map");
});

/// The file that a click on Save leaves among the downloads.
async function downloaded(size) {
  await browser.value(`document.getElementById("download-size").value = "${size}";
    document.getElementById("download-run").click();`);
  for (let tries = 0; tries < 300; ++tries) {
    const found = readdirSync(downloads).find((name) => name.endsWith(`_${size}px.png`));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("nothing was downloaded");
}

await test("a download has the pixels of the program", async () => {
  await open("alpha", "/wall");
  await browser.until("document.documentElement.dataset.decoder");
  const name = await browser.value("chorus.collection.images[0].name");
  await browser.value(`location.hash = routeTo("image", [${JSON.stringify(name)}])`);
  await browser.until("document.body.dataset.view === 'image'");
  await browser.value("document.getElementById('image-save').click()");
  const file = await downloaded(75), picture = readPng(join(downloads, file));
  // Canvases keep colours multiplied by alpha in bytes, which costs half a level.
  compare(picture.pixels, programsPictures("alpha", 75)(name).pixels, `${file}`);
});

await test("strange names are shown as they are", async () => {
  await open("strange", "/wall");
  await browser.until("document.querySelectorAll('.cell').length === 4");
  const expected = readModel(pageData(join(work, "strange.html"))).images.map((image) => image.name);
  const shown = await browser.value("[...document.querySelectorAll('.cell span')].map((each) => each.textContent)");
  check(JSON.stringify(shown) === JSON.stringify(expected), `names: ${shown.join(" | ")}`);
  for (const [index, name] of expected.entries()) {
    await browser.value(`{ location.hash = "#/wall"; document.querySelectorAll(".cell")[${index}].click(); }`);
    await browser.until(`document.getElementById("image-name").textContent === ${JSON.stringify(name)}`);
  }
  await browser.value("document.getElementById('image-save').click()");
  await downloaded(33);
  check(await browser.value("typeof window.injected") === "undefined", "markup in a name is not run");
  await noError("strange");
});

await test("10,000 images scroll", async () => {
  await open("many", "/wall");
  await browser.until("document.querySelectorAll('.cell').length > 20");
  await browser.value(`{ window.longest = 0; new PerformanceObserver((list) => { for (const each of list.getEntries())
    window.longest = Math.max(window.longest, each.duration); }).observe({ entryTypes: ["longtask"] }); }`);
  await browser.value(`new Promise((resolve) => { let step = 0; const go = () => { window.scrollBy(0, 1500);
    if (++step < 60) requestAnimationFrame(go); else resolve(); }; go(); })`);
  const cells = await browser.value("document.querySelectorAll('.cell').length");
  check(cells > 10 && cells < 400, `${cells} cells are there`);
  await browser.value("window.scrollTo(0, document.body.scrollHeight)");
  await browser.until("[...document.querySelectorAll('.cell span')].some((each) => each.textContent === 'image 09999')");
  console.log(`  longest task while scrolling: ${Math.round(await browser.value("window.longest"))} ms`);
  await browser.value("location.hash = '#/map'");
  await browser.until("document.getElementById('map-near').children.length === 4");
  await noError("many");
});

await test("a damaged model is one clear line", async () => {
  const page = readFileSync(join(work, "icons.html"), "utf8");
  const damaged = { cut: page.replace(/("numbers":")[^"]{400}/, "$1"),
    letters: page.replace(/("numbers":")..../, "$1!!!!"), changed: page.replace(/("numbers":")./, "$1/"),
    width: page.replace(/"width":\d+/, '"width":-3'), huge: page.replace(/"latent":\d+/, '"latent":60000'),
    json: page.replace('"config":{', '"config":{{'), head: page.replace('"head":"palette"', '"head":"<b>"'),
    map: page.replace(/"map":\[\[\d+,/, '"map":[[') };
  for (const [kind, text] of Object.entries(damaged)) {
    check(text !== page, `${kind}: the page was changed`);
    writeFileSync(join(work, "damaged.html"), text);
    await open("damaged", "/wall", "refused");
    const line = await browser.value("document.getElementById('refusal').innerText");
    check(line.startsWith("This page cannot show its images: ") && !line.includes("\n"), `${kind}: ${line}`);
    check(await browser.value("document.querySelectorAll('main > section:not([hidden])').length") === 0,
      `${kind}: nothing else is shown`);
    await noError(kind);
  }
});

if (shots) {
  mkdirSync(shots, { recursive: true });
  for (const width of [390, 820, 1440])
    for (const [name, route] of [["wall", "/wall"], ["image", "/image/camera"],
      ["morph", "/morph/camera/folder/key"], ["map", "/map"]]) {
      await browser.resize(width, width === 1440 ? 900 : 1000, width === 820 ? "dark" : "light");
      await open("icons", route);
      await new Promise((resolve) => setTimeout(resolve, 4000));
      writeFileSync(join(shots, `${name}_${width}.png`), await browser.screenshot());
    }
}

await browser.stop();
if (failures > 0) process.exit(1);
