// ---- Paths between two images -------------------------------------------------------------------

const figures = [
  { key: "length", name: "Length", good: "1", digits: 2,
    text: "sum of all steps over the straight distance, in pixel values. A crisp edge that sweeps over " +
      "many pixels takes 2 to 5; a cross-fade always has 1." },
  { key: "step_max_over_mean", name: "Largest step", good: "1", digits: 2,
    text: "largest step over the mean step: 1 is even, a hard cut reaches the number of steps." },
  { key: "flat_share", name: "Flat", good: "1", digits: 2,
    text: "number of pixels without an edge in the middle of the path, over that of its ends. Less: blurred, " +
      "or two pictures seen through each other." },
  { key: "entropy", name: "Entropy", good: "1", digits: 2,
    text: "entropy of the colours in the middle, over that of the ends. More: mixed colours that neither end " +
      "has; less: grey." },
  { key: "ghost", name: "Ghost", good: "0", digits: 3,
    text: "fraction of the middle that only both ends together explain: double exposure." },
  { key: "monotone", name: "Monotone", good: "1", digits: 2,
    text: "fraction of the steps that lead away from the first image and nearer to the last one." },
  { key: "psnr_ends", name: "Ends, dB", good: "high", digits: 2,
    text: "PSNR of the two ends against the true images." },
];
const pathName = { morph: "shapes that move", linear: "straight line of latents",
  spherical: "arc of latents", learned: "lines that were taught" };

/// The weighted sum of both images: a cross-fade.
function faded(first, last, t) {
  return element("div", { className: "faded" },
    element("img", { src: first, alt: "", style: `opacity:${1 - t}` }),
    element("img", { src: last, alt: "", style: `opacity:${t}` }));
}

function pathStrip(walk) {
  const step = (walk.frames.length - 1) / 8, places = [...Array(9).keys()];
  const row = (name, picture) => element("div", { className: "frames" },
    element("span", {}, name), ...places.map(picture));
  return element("div", { className: "strips" },
    row("path", (k) => element("img", { src: walk.frames[k * step], alt: `t = ${k / 8}` })),
    row("cross-fade", (k) => faded(walk.frames[0], walk.frames.at(-1), k / 8)));
}

/// An image, once it can be drawn.
const loaded = (src) => new Promise((done, failed) => {
  const image = element("img");
  image.onload = () => done(image);
  image.onerror = () => failed(new Error("a frame of a path cannot be shown"));
  image.src = src;
});

function walkRow(walk, scores) {
  const canvas = (name) => element("figure", {}, element("canvas", { role: "img", "aria-label":
    `${name} from ${walk.a} to ${walk.b}` }), element("figcaption", {}, name));
  const moving = [canvas("path"), canvas("cross-fade")];
  const shown = figures.filter(({ key }) => ["length", "flat_share", "ghost"].includes(key))
    .map(({ key, name, digits }) => `${name.toLowerCase()} ${scores[key].toFixed(digits)}`);
  const row = element("div", { className: "walk" },
    element("div", { className: "who" }, element("b", {}, `${walk.a} → ${walk.b}`),
      element("span", {}, shown.join(", "))),
    element("div", { className: "moving" }, ...moving), pathStrip(walk));
  return { row, frames: walk.frames, canvases: moving.map((figure) => figure.firstChild) };
}

function drawWalk({ images, canvases }, place) {
  const [path, fade] = canvases.map((canvas) => canvas.getContext("2d"));
  const t = place / (images.length - 1);
  for (const context of [path, fade])
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  path.drawImage(images[place], 0, 0);
  fade.globalCompositeOperation = "lighter";  // a sum of colours multiplied by alpha
  fade.globalAlpha = 1 - t;
  fade.drawImage(images[0], 0, 0);
  fade.globalAlpha = t;
  fade.drawImage(images.at(-1), 0, 0);
}

/// Plays all walks in step, there and back with a rest at each end.
function player(walks) {
  const last = walks[0].images.length - 1, moment = byId("moment"), button = byId("play");
  const frame = 60, rest = 600, half = last * frame + rest;  // ms
  let shown = -1, playing = false, began = 0;
  const show = (place) => {
    if (place === shown) return;
    shown = place;
    moment.value = String(place);
    byId("moment-value").textContent = `t = ${(place / last).toFixed(2)}`;
    for (const walk of walks) drawWalk(walk, place);
  };
  const step = (now) => {
    if (!playing) return;
    // The time of a frame may lie before the call that asked for it.
    const phase = Math.max(0, now - began) % (2 * half), back = phase >= half;
    const place = Math.min(last, Math.floor((phase % half) / frame));
    show(back ? last - place : place);
    requestAnimationFrame(step);
  };
  const play = (on) => {
    playing = on;
    button.textContent = on ? "Pause" : "Play";
    began = performance.now() - shown * frame;
    if (on) requestAnimationFrame(step);
  };
  moment.max = String(last);
  moment.oninput = () => {
    play(false);
    show(Number(moment.value));
  };
  button.onclick = () => play(!playing);
  show(0);
  play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
}

function walks() {
  const rows = [];
  for (const [group, title] of [["similar", "The most similar pairs"],
    ["random", `Any two images: pairs drawn at random (seed ${data.paths.random.seed})`]]) {
    const scores = group === "similar" ? data.paths.per_pair : data.paths.random.per_pair;
    const made = data.walks[group].map((walk, k) => walkRow(walk, scores[k]));
    if (made.length > 0) byId("walks").append(element("h3", {}, title), ...made.map(({ row }) => row));
    rows.push(...made);
  }
  Promise.all(rows.map(async (walk) => {
    walk.images = await Promise.all(walk.frames.map(loaded));
    for (const canvas of walk.canvases)
      [canvas.width, canvas.height] = [walk.images[0].naturalWidth, walk.images[0].naturalHeight];
  })).then(() => {
    player(rows);
    byId("walks").dataset.drawn = String(rows.length);
  });
}

const figureCells = (scores) => figures.map(({ key, digits }) =>
  element("td", {}, scores[key] === null ? "–" : scores[key].toFixed(digits)));

function figureHead(title) {
  return element("thead", {}, element("tr", {}, element("th", {}, title),
    ...figures.map(({ name, good, text }) => element("th", { title: `${name}: ${text}` }, name,
      element("small", {}, `good: ${good}`)))));
}

function groupRow(title) {
  return element("tr", { className: "group" }, element("td", { colSpan: figures.length + 1 }, title));
}

const pairGroups = () => [
  { title: `${data.paths.pairs.length} most similar pairs`, scores: data.paths },
  { title: `${data.paths.random.pairs.length} random pairs`, scores: data.paths.random },
];

function pathTables() {
  const means = element("tbody"), each = element("tbody");
  for (const { title, scores } of pairGroups()) {
    means.append(groupRow(title));
    for (const [name, row, kind] of [[pathName[data.paths.path], scores, "ours"],
      ["cross-fade", scores.crossfade, ""], ["hard cut", scores.hard_cut, ""]])
      means.append(element("tr", { className: kind }, element("td", {}, name), ...figureCells(row)));
    each.append(groupRow(title), ...scores.per_pair.map((pair) =>
      element("tr", {}, element("td", {}, pair.pair.join(" – ")), ...figureCells(pair))));
  }
  byId("path-table").append(figureHead("Mean of"), means);
  byId("pair-table").append(figureHead("Pair"), each);
  byId("path-legend").append(...figures.flatMap(({ name, text }) =>
    [element("dt", {}, name), element("dd", {}, text)]));
}

function taughtPaths() {
  const { taught } = data.paths;
  byId("taught").hidden = !taught;
  if (!taught) return;
  const names = { ...pathName, crossfade: "cross-fade", wipe: "wipe", network_free: "morph of the training images" };
  const columns = figures.filter(({ key }) => ["length", "flat_share", "entropy", "ghost"].includes(key));
  const body = element("tbody");
  for (const [group, title] of [["trained", "pairs that were taught"], ["held_out", "pairs that were held out"]]) {
    const scores = taught[group];
    if (!scores) continue;
    body.append(element("tr", { className: "group" }, element("td", { colSpan: columns.length + 2 },
      `${scores.pairs} of ${scores.of} ${title}`)));
    for (const [key, name] of Object.entries(names).filter(([key]) => key in scores))
      body.append(element("tr", { className: key === "linear" ? "ours" : "" }, element("td", {}, name),
        element("td", {}, scores[key].psnr_morph === undefined ? "–" : decibel(scores[key].psnr_morph)),
        ...columns.map((figure) => element("td", {}, scores[key][figure.key].toFixed(figure.digits)))));
  }
  byId("taught-table").append(head("Path", "To the morph, dB", ...columns.map(({ name }) => name)), body);
}

function knownTruth() {
  const known = data.paths.known_truth;
  byId("known").hidden = known.pairs === 0;
  if (known.pairs === 0) return;
  const row = (name, { pairs, psnr_mid, psnr_mid_crossfade, psnr_mid_lerp }) => element("tr", {},
    element("td", {}, name.replaceAll("_", " and ")), element("td", {}, pairs),
    element("td", { className: "ours" }, decibel(psnr_mid)),
    element("td", {}, decibel(psnr_mid_crossfade)), element("td", {}, decibel(psnr_mid_lerp)));
  byId("known-table").append(head("Kind", "Pairs", "Path, dB", "Cross-fade, dB", "Latent mean, dB"),
    element("tbody", {}, ...Object.entries(known.by_kind).map(([kind, means]) => row(kind, means)),
      row("all", known)));
}

/// Half the width of the 95 % interval of a rank correlation of so many pairs (Fisher's z).
const interval = (pairs) => 1.96 * Math.sqrt(1.06 / Math.max(1, pairs - 3));

/// A correlation from -1 to 1, with its interval if only a sample was evaluated.
function correlationBar(value, half) {
  const far = (at) => 50 + 50 * Math.max(-1, Math.min(1, at));
  const span = (kind, low, high) => element("i", { className: kind,
    style: `left:${far(low)}%;right:${100 - far(high)}%` });
  return element("td", { className: "bar" }, element("div", {},
    span(value < 0 ? "below" : "above", Math.min(0, value), Math.max(0, value)),
    half > 0 ? span("whisker", value - half, value + half) : null));
}

function studyTable(study) {
  const images = data.network.images, all = images * (images - 1) / 2;
  const half = study.pairs < all ? interval(study.pairs) : 0;
  const drawn = half > 0 ? `${count(study.pairs)} pairs drawn at random of ${count(all)}; lines: 95 % intervals`
    : `all ${count(all)} pairs`;
  const row = ([measure, each]) => {
    const chooses = measure === data.paths.measure;
    return element("tr", { className: chooses ? "ours" : "" },
      element("td", {}, measure, chooses ? element("small", {}, "chooses the pairs above") : null),
      correlationBar(each.all, half), ...["all", "choosing", "held_out"].map((key) =>
        element("td", {}, each[key].toFixed(2).replace(/^-(?!0\.00)/, "−").replace("-", ""))));
  };
  const rows = Object.entries(study.rank_correlation).sort(([, a], [, b]) => b.all - a.all).map(row);
  byId("studies").append(
    element("p", { className: "note" }, `Paths: ${pathName[study.path]}; ${drawn}.`),
    element("div", { className: "scroll" }, element("table", {},
      head("Measure", "−1 to 1", "All", "Choosing half", "Held-out half"),
      element("tbody", {}, ...rows))));
}

function studies() {
  byId("study").hidden = data.studies.length === 0;
  byId("study-note").textContent =
    "Spearman's rank correlation between each measure's distance of two images and how bad the path " +
    "between them is: 1 is a perfect prediction, 0 none; below 0, similar images have worse paths. " +
    "A measure is chosen within one half of the images and checked within the other.";
  data.studies.forEach(studyTable);
}

function pathSection() {
  byId("paths").hidden = !data.paths;
  if (!data.paths) return;
  byId("paths-note").textContent = `Pictures that lead from one image to another (${
    pathName[data.paths.path]}), in even steps, beside the cross-fade of the same ends. Pairs are ` +
    `chosen by ${data.paths.measure}, no image in two of them.` + (data.studies.length > 0 ? ""
    : ` Which measure would choose best: ${data.study_command}, then make the report again.`);
  walks();
  pathTables();
  taughtPaths();
  knownTruth();
  studies();
}
