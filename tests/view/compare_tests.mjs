// compare_tests.mjs WORK [SCREENSHOTS]: answers the page that compare_in_browser.sh wrote into WORK.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { startBrowser } from "./browser.mjs";

const [work, shots] = process.argv.slice(2);
const downloads = join(work, "downloads"), page = `file://${join(work, "page", "index.html")}`;
mkdirSync(downloads, { recursive: true });
const browser = await startBrowser(downloads);

const text = (id) => browser.value(`document.getElementById("${id}").textContent`);
const isSeen = (id) => browser.value(`!document.getElementById("${id}").hidden`);
const press = (id) => browser.value(`document.getElementById("${id}").click()`);
const picture = (side) => browser.value(`document.querySelector("#${side} img").src`);
const isShown = async () => {
  await browser.until(`[...document.querySelectorAll("#both img")].every((image) => image.complete)`);
  return browser.value(`[...document.querySelectorAll("#both img")].every((image) => image.naturalWidth === 48)`);
};
const open = async () => {
  await browser.open(page);
  await browser.until(`document.documentElement.dataset.ready === "yes"`);
};
const shot = async (name, width, height, scheme) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await browser.resize(width, height, scheme);
  writeFileSync(join(shots, `${name}.png`), await browser.screenshot());
};

try {
  await open();
  const pairs = JSON.parse(await text("data")).pairs;
  assert.equal(await text("place"), "1 of 3");
  assert.ok(await isShown());
  assert.ok(await browser.value(`document.getElementById("back").disabled`));
  // Nothing that can be seen says which is which.
  assert.ok(!/morph|linear/.test(await browser.value("document.body.innerText")));
  await shot("asking", 900, 800, "light");
  await shot("asking_phone", 390, 844, "dark");

  const answers = new Map();
  const sideOf = async (side) => {
    const url = await picture(side), pair = pairs.find(({ a, b }) => url === a || url === b);
    return { pair: pair.name, better: url === pair.a ? "a" : "b" };
  };
  const expect = ({ pair, better }) => answers.set(pair, better);
  expect(await sideOf("left"));
  await press("left");
  assert.equal(await text("place"), "2 of 3");

  await press("right");  // by mistake
  assert.equal(await text("place"), "3 of 3");
  await browser.key("\uE003");  // backspace
  assert.equal(await text("place"), "2 of 3");
  expect({ ...await sideOf("left"), better: "equal" });
  await browser.key(" ");
  assert.equal(await text("place"), "3 of 3");

  const before = await picture("left");
  await open();  // goes on where it was
  assert.equal(await text("place"), "3 of 3");
  assert.equal(await picture("left"), before);
  expect(await sideOf("right"));
  await browser.key("\uE014");  // arrow to the right
  assert.ok(await isSeen("done") && !await isSeen("asking"));
  assert.match(await text("summary"), /morph: \d · linear: \d · no difference: 1/);
  await shot("done", 900, 600, "light");

  await press("save");
  const file = join(downloads, "choices.json");
  for (let tries = 0; tries < 100 && !existsSync(file); ++tries) await new Promise((done) => setTimeout(done, 100));
  const saved = JSON.parse(readFileSync(file));
  assert.equal(saved.choices.length, 3);
  for (const { pair, better } of saved.choices) assert.equal(better, answers.get(pair), pair);

  await press("again");
  assert.equal(await text("place"), "1 of 3");
  assert.equal(await browser.value("document.documentElement.dataset.error ?? ''"), "");
  assert.deepEqual(await browser.complaints(), []);
} finally {
  await browser.stop();
}
