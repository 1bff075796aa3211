import { likelyPair } from "./blend.js";
import { Collection } from "./collection.js";
import { byId, noteErrors } from "./dom.js";
import { Download } from "./download.js";
import { ImageView } from "./image_view.js";
import { MapView } from "./map_view.js";
import { ModelError, readModel } from "./model.js";
import { MorphView } from "./morph_view.js";
import { Picker } from "./picker.js";
import { Pool } from "./pool.js";
import { go, parseRoute, routeTo } from "./route.js";
import { Wall } from "./wall.js";

// ---- The page -----------------------------------------------------------------------------------

const viewNames = ["wall", "image", "morph", "map"];

function refuse(error) {
  byId("refusal").textContent = `This page cannot show its images: ${error.message}.`;
  byId("refusal").hidden = false;
  document.querySelectorAll("main > section, nav, .finder").forEach((part) => { part.hidden = true; });
  document.documentElement.dataset.ready = "refused";
}

function readData() {
  try {
    return JSON.parse(byId("model").textContent);
  } catch {
    throw new ModelError("its model is cut off or damaged");
  }
}

function describe(data, model) {
  const title = typeof data.title === "string" ? data.title : "chorus";
  byId("title").textContent = title;
  document.title = `${title} · chorus`;
  const numbers = Object.values(model.tensors).reduce((sum, each) => sum + each.values.length, 0);
  const count = (value) => value.toLocaleString("en");
  byId("summary").textContent = model.images.length === 1 ? `1 image in a network of ${count(numbers)} numbers`
    : `${count(model.images.length)} images in one network of ${count(numbers)} numbers`;
  document.documentElement.classList.toggle("alpha", model.config.channels === 4);
}

function startViews(data, model) {
  const { options } = parseRoute(location.hash), wanted = options.get("decoder");
  const pool = new Pool(model, ["plain", "wasm", "webgl"].includes(wanted) ? wanted : undefined);
  const kinds = { wasm: "WebAssembly", plain: "plain JavaScript", webgl: "WebGL2" };
  pool.onname = (name) => {
    document.documentElement.dataset.decoder = name;
    byId("decoder-name").textContent = `Decoded here, live, by ${kinds[name]}.`;
  };
  const collection = new Collection(model, pool), download = new Download(pool);
  const views = { wall: new Wall(collection), image: new ImageView(collection, download, data.drawings),
    morph: new MorphView(collection, new Picker(collection), download),
    map: new MapView(collection, data.map) };
  return { pool, collection, views, isForced: pool.workers.length > 0 && wanted !== null };
}

/// The indices of names that the model has.
const known = (collection, names) =>
  names.map((name) => collection.byName.get(name)).filter((index) => index !== undefined);

function show({ collection, views }) {
  const { view, names } = parseRoute(location.hash), found = known(collection, names);
  const isThere = view === "image" ? found.length > 0 : view !== "morph" || collection.images.length > 1;
  const shown = isThere ? view : "wall";
  viewNames.forEach((name) => { byId(name).hidden = name !== shown; });
  document.body.dataset.view = shown;
  document.querySelectorAll("nav a").forEach((link) => {
    const isHere = link.dataset.view === shown || shown === "image" && link.dataset.view === "wall";
    link.toggleAttribute("aria-current", isHere);
  });
  if (shown !== "morph") views.morph.close();
  if (shown !== "map") views.map.close();
  if (shown === "wall") views.wall.update();
  else if (shown === "image") views.image.open(found[0]);
  else if (shown === "map") views.map.open();
  else if (found.length > 1) views.morph.open(found);
  else openLikelyMorph(collection, views, found);
}

async function openLikelyMorph(collection, views, found) {
  const pair = await likelyPair(collection);
  if (parseRoute(location.hash).view !== "morph") return;
  views.morph.open([...found, ...pair.filter((index) => !found.includes(index))].slice(0, 2));
}

function main() {
  noteErrors();
  let page;
  try {
    const data = readData(), model = readModel(data);
    if (!Array.isArray(data.map) || data.map.some((axis) => axis?.length !== model.images.length))
      throw new ModelError("its map is damaged");
    if (data.drawings !== undefined && !(Array.isArray(data.drawings) &&
        data.drawings.every((drawing) => typeof drawing === "string")))
      throw new ModelError("its drawings are damaged");
    describe(data, model);
    page = startViews(data, model);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    refuse(error);
    return;
  }
  document.querySelectorAll("nav a").forEach((link) => { link.href = routeTo(link.dataset.view); });
  byId("search").addEventListener("focus", () => {
    if (document.body.dataset.view !== "wall") go("wall");
  });
  window.addEventListener("hashchange", () => show(page));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, dialog")) return;
    event.preventDefault();
    byId("search").focus();
  });
  show(page);
  // For whoever looks under the bonnet, and for the tests.
  window.chorus = page;
  document.documentElement.dataset.ready = "yes";
  // Once the first pictures are there; a GPU that is none takes its time to be found out.
  if (!page.isForced)
    setTimeout(() => page.pool.chooseByMeasuring(page.collection.code(0)).then((times) => {
      document.documentElement.dataset.measured = JSON.stringify(times);
    }), 1500);
}

main();
