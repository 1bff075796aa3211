"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// What a browser complains about can be read from the page: the tests do.
window.addEventListener("error", (event) => {
  document.documentElement.dataset.error = event.message;
});

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function vector(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== "") made.textContent = text;
  return made;
}

const decibel = (value) => value.toFixed(2);
const similarity = (value) => value.toFixed(3);
const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
const count = (value) => value.toLocaleString("en");
const label = (method) => ({ nearest: "nearest", bilinear: "bilinear", bicubic: "bicubic",
  lanczos: "Lanczos", linear: "linear", cubic: "cubic", biharmonic: "biharmonic" })[method] ?? method;

function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = String(whole % 60).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)}:${rest} min`
    : `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${rest} h`;
}

function bestOf(baselines, key) {
  let best = null;
  for (const [method, scores] of Object.entries(baselines ?? {}))
    if (best === null || scores[key] > best.value) best = { method, value: scores[key] };
  return best;
}

// ---- Headline -----------------------------------------------------------------------------------

const target = data.sizes.find((size) => size.size === data.target.size);
const trained = data.sizes.find((size) => size.size === data.training_size);
const rival = bestOf(target?.baselines, "psnr_pooled");
const seconds = Math.max(0, ...data.curves.flatMap((curve) =>
  curve.series.flatMap((series) => series.points.map((point) => point[0]))));

function tile(value, unit, text, gain) {
  const box = element("div", { className: "tile" }, element("b", {}, `${value}${unit}`),
    element("span", {}, text));
  if (gain !== undefined)
    box.append(element("span", { className: gain >= 0 ? "gain" : "loss" }, `${signed(gain)} dB`));
  return box;
}

function headline() {
  byId("title").textContent = data.title;
  document.title = `${data.title} · chorus report`;
  const time = seconds > 0 ? ` in ${duration(seconds)}` : "";
  let text = `${count(data.network.images)} images in one network, trained at ` +
    `${data.training_size} px${time}.`;
  if (rival)
    text += ` At ${target.size} px it reaches ${decibel(target.psnr_pooled)} dB; the best classical ` +
      `enlargement, ${label(rival.method)}, reaches ${decibel(rival.value)} dB.`;
  byId("summary").textContent = text;

  const tiles = byId("tiles");
  if (trained)
    tiles.append(tile(decibel(trained.psnr_pooled), " dB",
      `at ${trained.size} px, the training size (mean of images ${decibel(trained.psnr_mean)})`));
  if (rival) {
    tiles.append(tile(decibel(target.psnr_pooled), " dB",
      `at ${target.size} px; over ${label(rival.method)}:`, target.psnr_pooled - rival.value));
    tiles.append(tile(`${target.wins_over_all} of ${target.count}`, "",
      `images on which it beats all ${Object.keys(target.baselines).length} classical methods at ` +
      `${target.size} px`));
  }
  const inpainting = bestOf(data.held_out?.baselines, "psnr_pooled");
  if (data.held_out)
    tiles.append(tile(decibel(data.held_out.psnr_held_out), " dB",
      `on pixels held out${inpainting ? `; over ${label(inpainting.method)} inpainting:` : ""}`,
      inpainting ? data.held_out.psnr_held_out - inpainting.value : undefined));
  const numbers = data.network.numbers_shared + data.network.numbers_latents +
    data.network.numbers_beside;
  tiles.append(tile((data.network.numbers_pixels / numbers).toFixed(1), "×",
    `fewer numbers than the images have: ${count(numbers)} for ${count(data.network.numbers_pixels)}`));
}

function navigation() {
  for (const section of document.querySelectorAll("section:not([hidden])"))
    document.querySelector("nav").append(
      element("a", { href: `#${section.id}` }, section.dataset.title));
}

// ---- Tables -------------------------------------------------------------------------------------

function head(...titles) {
  return element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", {}, title))));
}

function scoreCell(scores, kinds = "") {
  return element("td", { className: kinds }, decibel(scores.psnr_pooled),
    element("small", {}, similarity(scores.ssim_mean)));
}

function sizeTable() {
  const rivals = Object.keys(data.sizes.find((size) => size.baselines)?.baselines ?? {});
  const table = byId("size-table");
  table.append(head("Size", "Network", "Gain", "Wins", ...rivals.map(label)));
  const body = element("tbody");
  for (const size of data.sizes) {
    const best = bestOf(size.baselines, "psnr_pooled");
    const gain = best ? size.psnr_pooled - best.value : null;
    const row = element("tr", {}, element("td", {}, `${size.size} px`,
      size.size === data.training_size ? element("small", {}, "training size") : null));
    row.append(scoreCell(size, `ours ${gain === null || gain >= 0 ? "best" : ""}`));
    row.append(gain === null ? element("td", {}, "–")
      : element("td", { className: gain >= 0 ? "gain" : "loss" }, `${signed(gain)} dB`));
    row.append(element("td", {}, best ? `${size.wins_over_all} / ${size.count}` : "–"));
    for (const method of rivals)
      row.append(size.baselines
        ? scoreCell(size.baselines[method], gain < 0 && method === best.method ? "best" : "")
        : element("td", {}, "–"));
    body.append(row);
  }
  table.append(body);
}

function pixelTable() {
  const scores = data.held_out;
  byId("pixels").hidden = !scores;
  if (!scores) return;
  byId("pixels-note").textContent =
    `${(100 * scores.fraction).toFixed(0)} % of the pixels of each image were never seen by the ` +
    `training. The baselines fill them in from the kept pixels of the same image. On the kept ` +
    `pixels the network has ${decibel(scores.psnr_kept)} dB. The windows of SSIM reach over kept ` +
    `pixels too, which the baselines copy.`;
  const table = byId("pixel-table");
  table.append(head("Method", "pooled, dB", "mean, dB", "SSIM", "Network wins"));
  const row = (name, pooled, mean, ssim, wins, kind) => element("tr", {},
    element("td", { className: kind }, name), element("td", { className: kind }, decibel(pooled)),
    element("td", { className: kind }, decibel(mean)),
    element("td", { className: kind }, similarity(ssim)), element("td", { className: kind }, wins));
  const body = element("tbody");
  for (const [method, each] of Object.entries(scores.baselines ?? {}))
    body.append(row(label(method), each.psnr_pooled, each.psnr_mean, each.ssim_mean,
      `${each.wins} / ${scores.images}`, ""));
  body.append(row("network", scores.psnr_held_out, scores.psnr_held_out_mean, scores.ssim_held_out,
    `${scores.wins_over_all ?? "–"} / ${scores.images} (all of them)`, "ours"));
  table.append(body);
}

function imageTable() {
  const columns = [
    { title: "Image", key: "name", cell: (image) => element("td", {},
      element("img", { src: image.thumb, alt: "", loading: "lazy" }), image.name) },
    { title: `PSNR at ${data.training_size} px, dB`, key: "psnr_trained" },
    { title: `PSNR at ${target.size} px, dB`, key: "psnr" },
    { title: `SSIM at ${target.size} px`, key: "ssim", format: similarity },
  ];
  if (rival) {
    columns.push({ title: `${label(rival.method)}, dB`, key: "psnr_rival" });
    columns.push({ title: "Gain, dB", key: "gain", cell: (image) => element("td",
      { className: image.gain >= 0 ? "gain" : "loss" }, signed(image.gain)) });
  }
  if (data.training_size === target.size) columns.splice(1, 1);
  for (const image of data.images) image.gain = image.psnr - image.psnr_rival;
  const rows = data.images.map((image, place) => {
    const row = element("tr", {}, ...columns.map((column) => column.cell ? column.cell(image)
      : element("td", {}, image[column.key] === undefined ? "–"
        : (column.format ?? decibel)(image[column.key]))));
    row.onclick = () => chooseImage(place);
    return { image, row };
  });
  const body = element("tbody");
  const sortBy = (column, heading) => {
    const descending = heading.getAttribute("aria-sort") === "ascending" ||
      (!heading.hasAttribute("aria-sort") && column.key !== "name");
    for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    rows.sort((a, b) => {
      const [x, y] = [a.image[column.key], b.image[column.key]];
      const order = typeof x === "string" ? x.localeCompare(y) : (x ?? -1) - (y ?? -1);
      return descending ? -order : order;
    });
    body.append(...rows.map((each) => each.row));
  };
  const headings = columns.map((column) => {
    const heading = element("th", {}, element("button", { type: "button" }, column.title));
    heading.firstChild.onclick = () => sortBy(column, heading);
    return heading;
  });
  byId("image-table").append(element("thead", {}, element("tr", {}, ...headings)), body);
  const initial = columns.findIndex((column) => column.key === "psnr");
  sortBy(columns[initial], headings[initial]);
  byId("filter").oninput = (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const { image, row } of rows) row.hidden = !image.name.toLowerCase().includes(wanted);
  };
}

// ---- Charts -------------------------------------------------------------------------------------

/// About `wanted` round values that cover the range.
function ticks(low, high, wanted) {
  const rough = Math.max(high - low, 1e-9) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const list = [];
  for (let at = Math.ceil(low / step); at * step <= high + 1e-9 * step; ++at) list.push(at * step);
  return list;
}

function timeTicks(high) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000];
  const step = steps.find((each) => high / each <= 5) ?? high / 4;
  const list = [];
  for (let at = 0; at <= high; at += step) list.push(at);
  return list;
}

const clock = (s) => s < 60 ? `${s} s` : s < 3600
  ? `${Math.floor(s / 60)}:${String(Math.round(s % 60)).padStart(2, "0")}`
  : `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")} h`;

/// The range of a curve: all of its end, its baselines, but not all of a steep beginning.
function valueRange(curve) {
  const values = curve.series.flatMap((series) => series.points.map((point) => point[1]));
  const lines = curve.baselines.map((line) => line.value);
  const sorted = [...values].sort((a, b) => a - b);
  const low = Math.min(sorted[Math.floor(0.04 * sorted.length)], ...lines);
  const high = Math.max(...values, ...lines);
  const margin = 0.06 * (high - low || 1);
  return [low - margin, high + margin];
}

function drawChart(box, curve) {
  box.querySelector("svg")?.remove();
  const width = Math.max(280, box.clientWidth), height = 230;
  const left = 44, right = curve.baselines.length > 0 ? 70 : 12, top = 10, bottom = 26;
  const [low, high] = valueRange(curve);
  const longest = Math.max(...curve.series.flatMap((s) => s.points.map((point) => point[0])), 1e-3);
  const x = (time) => left + time / longest * (width - left - right);
  const y = (value) => top + (high - Math.max(value, low)) / (high - low) * (height - top - bottom);
  const svg = vector("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${curve.title}, ${curve.unit} over time` });
  const digits = high - low < 0.1 ? 3 : high - low < 1 ? 2 : high - low < 4 ? 1 : 0;
  for (const value of ticks(low, high, 5)) {
    svg.append(vector("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    svg.append(vector("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(digits)));
  }
  for (const time of timeTicks(longest))
    svg.append(vector("text", { x: x(time), y: height - 6, "text-anchor": "middle" }, clock(time)));

  // Baselines, their names moved apart at the right.
  const lines = curve.baselines.map((line, i) => ({ ...line, color: `var(--b${i % 4})`, at: y(line.value) }))
    .sort((a, b) => a.at - b.at);
  let free = top;
  const spare = (i) => height - bottom - 13 * (lines.length - 1 - i);
  lines.forEach((line, i) => {
    const place = Math.min(Math.max(line.at, free), spare(i));
    free = place + 13;
    svg.append(vector("line", { class: "base", x1: left, x2: width - right, y1: line.at, y2: line.at, style: `stroke:${line.color}` }));
    svg.append(vector("text", { x: width - right + 5, y: place + 4, style: `fill:${line.color}` }, label(line.name)));
  });
  curve.series.forEach((series, i) => {
    const points = series.points.map((point) => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`);
    svg.append(vector("polyline", { class: "series", points: points.join(" "), style: `stroke:var(--c${i % 3})` }));
    if (points.length === 1) {
      const [cx, cy] = points[0].split(",");
      svg.append(vector("circle", { cx, cy, r: 3.5, style: `fill:var(--c${i % 3})` }));
    }
  });

  const cross = vector("line", { class: "cross", y1: top, y2: height - bottom, visibility: "hidden" });
  svg.append(cross);
  const tip = box.querySelector(".tip");
  svg.onpointermove = (event) => {
    const bounds = svg.getBoundingClientRect();
    const time = ((event.clientX - bounds.left) / bounds.width * width - left) / (width - left - right) * longest;
    if (time < 0 || time > longest * 1.02) return svg.onpointerleave();
    const shown = curve.series.map((series, i) => ({ series, i, point: series.points.reduce((best, point) =>
      Math.abs(point[0] - time) < Math.abs(best[0] - time) ? point : best) }));
    const at = shown.reduce((best, each) =>
      Math.abs(each.point[0] - time) < Math.abs(best.point[0] - time) ? each : best).point[0];
    cross.setAttribute("x1", x(at));
    cross.setAttribute("x2", x(at));
    cross.setAttribute("visibility", "visible");
    tip.hidden = false;
    tip.replaceChildren(element("b", {}, clock(Math.round(at))), ...shown.map(({ series, i, point }) =>
      element("div", { style: `color:var(--c${i % 3})` }, `${series.name} ${point[1].toFixed(curve.unit === "SSIM" ? 4 : 2)}`)),
      ...lines.map((line) => element("div", { style: `color:${line.color}` }, `${label(line.name)} ${line.value.toFixed(curve.unit === "SSIM" ? 4 : 2)}`)));
    const place = x(at) / width * bounds.width;
    tip.style.left = `${Math.max(0, place > bounds.width / 2 ? place - tip.offsetWidth - 12 : place + 12)}px`;
    tip.style.top = "64px";
  };
  svg.onpointerleave = () => {
    cross.setAttribute("visibility", "hidden");
    tip.hidden = true;
  };
  box.append(svg);
}

function charts() {
  byId("curves").hidden = data.curves.length === 0;
  const boxes = data.curves.map((curve) => {
    const legend = element("div", { className: "legend" }, ...curve.series.map((series, i) =>
      element("span", {}, element("i", { style: `border-color:var(--c${i % 3})` }), series.name)));
    const box = element("div", { className: "chart" },
      element("h3", {}, curve.title, element("span", {}, `, ${curve.unit}`)), legend,
      element("div", { className: "tip", hidden: true }));
    byId("charts").append(box);
    return box;
  });
  const draw = () => boxes.forEach((box, i) => drawChart(box, data.curves[i]));
  draw();
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    draw();
  });
}

// ---- Pictures -----------------------------------------------------------------------------------

const versions = [
  { key: "truth", name: "true image" },
  { key: "network", name: "network" },
  { key: "rival", name: rival ? label(rival.method) : "" },
  { key: "trained", name: "training pixels" },
  { key: "network_error", name: "error of network" },
  { key: "rival_error", name: rival ? `error of ${label(rival.method)}` : "" },
];

function sheetRow(item) {
  const image = data.images[item.image];
  const who = element("div", { className: "who" }, element("b", {}, image.name),
    element("span", {}, `network ${decibel(image.psnr)} dB`));
  if (rival) who.append(element("span", {}, `${label(rival.method)} ${decibel(image.psnr_rival)} dB`));
  const strip = element("div", { className: "strip" });
  for (const { key, name } of versions.filter((each) => each.key !== "trained" && item[each.key])) {
    const picture = element("img", { src: item[key], alt: `${image.name}: ${name}` });
    picture.onclick = () => {
      chooseItem(item, key === "truth" ? "network" : key);
      byId("compare").scrollIntoView();
    };
    strip.append(element("figure", {}, picture, element("figcaption", {}, name)));
  }
  return element("div", { className: "row" }, who, strip);
}

function contactSheet() {
  byId("pictures-note").textContent = `At ${target.size} px, by the network's PSNR. Errors: mean ` +
    "absolute difference of the channels, black is none and white a quarter of the range or more.";
  for (const group of ["best", "median", "worst"]) {
    const items = data.showcase.filter((item) => item.group === group)
      .sort((a, b) => data.images[b.image].psnr - data.images[a.image].psnr);
    if (items.length === 0) continue;
    byId("sheet").append(element("h3", {}, group[0].toUpperCase() + group.slice(1)),
      element("div", { className: "rows" }, ...items.map(sheetRow)));
  }
}

// ---- Comparison ---------------------------------------------------------------------------------

let shownItem = null;

function showWipe() {
  const share = Number(byId("wipe").value);
  byId("clip").style.clipPath = `inset(0 ${100 - share}% 0 0)`;
  byId("wipe-line").style.left = `${share}%`;
}

function showVersions() {
  for (const [side, id, tag] of [["left", "over", "tag-over"], ["right", "under", "tag-under"]]) {
    const chosen = versions.find((each) => each.key === byId(side).value);
    byId(id).src = shownItem[chosen.key];
    byId(tag).textContent = chosen.name;
  }
  const image = data.images[shownItem.image];
  byId("compare-scores").textContent = `Against the true image at ${target.size} px: network ` +
    `${decibel(image.psnr)} dB, SSIM ${similarity(image.ssim)}` +
    (rival ? `; ${label(rival.method)} ${decibel(image.psnr_rival)} dB.` : ".");
}

function chooseItem(item, left = "network") {
  shownItem = item;
  byId("pick").value = String(data.showcase.indexOf(item));
  const present = versions.filter((each) => item[each.key]);
  for (const side of ["left", "right"])
    byId(side).replaceChildren(...present.map((each) => element("option", { value: each.key }, each.name)));
  byId("left").value = left;
  byId("right").value = "truth";
  showVersions();
}

function showZoom(event) {
  const zoom = Number(byId("zoom").value);
  for (const picture of [byId("under"), byId("over")]) {
    picture.style.transform = `scale(${zoom})`;
    if (!event) continue;
    const bounds = byId("stage").getBoundingClientRect();
    const percent = (at, from, length) => `${Math.min(100, Math.max(0, 100 * (at - from) / length))}%`;
    picture.style.transformOrigin = `${percent(event.clientX, bounds.left, bounds.width)} ` +
      percent(event.clientY, bounds.top, bounds.height);
  }
}

function comparison() {
  byId("compare").hidden = data.showcase.length === 0;
  if (data.showcase.length === 0) return;
  const options = data.showcase.map((item, place) =>
    element("option", { value: String(place) }, data.images[item.image].name));
  byId("pick").append(...options.sort((a, b) => a.text.localeCompare(b.text)));
  byId("pick").onchange = () => chooseItem(data.showcase[Number(byId("pick").value)], byId("left").value);
  byId("left").onchange = byId("right").onchange = showVersions;
  byId("wipe").oninput = showWipe;
  byId("zoom").oninput = () => showZoom();
  byId("stage").onpointermove = (event) => {
    const bounds = byId("stage").getBoundingClientRect();
    if (Number(byId("zoom").value) === 1 || event.buttons !== 0) {
      byId("wipe").value = String(100 * (event.clientX - bounds.left) / bounds.width);
      showWipe();
    } else {
      showZoom(event);
    }
  };
  chooseItem(data.showcase.find((item) => item.group === "median") ?? data.showcase[0]);
  showWipe();
}

// ---- Latents ------------------------------------------------------------------------------------

const marks = [];

function chooseImage(place) {
  const image = data.images[place];
  const places = image.near.map((near) => data.images.findIndex((each) => each.name === near.name));
  byId("map").querySelectorAll("line").forEach((line) => line.remove());
  marks.forEach(({ group }, i) => {
    group.setAttribute("class", i === place ? "chosen" : places.includes(i) ? "near" : "");
  });
  const from = marks[place];
  for (const to of places.filter((each) => each >= 0).map((each) => marks[each]))
    byId("map").prepend(vector("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }));
  byId("map").append(from.group);
  const list = element("ol", {}, ...image.near.map((near, k) => {
    const found = data.images[places[k]];
    const item = element("li", {}, element("img", { src: found?.thumb ?? "", alt: "" }), near.name,
      element("span", {}, near.distance.toFixed(1)));
    if (found) item.onclick = () => chooseImage(places[k]);
    return item;
  }));
  byId("near").replaceChildren(element("img", { className: "big", src: image.thumb, alt: "" }),
    element("div", {}, element("b", {}, image.name)),
    element("div", { className: "note" }, "Nearest, with the distance of their shifts:"), list);
  const item = data.showcase.find((each) => each.image === place);
  if (item) chooseItem(item);
}

function latentMap() {
  const size = data.images.length > 400 ? 22 : data.images.length > 150 ? 34 : 48;
  const range = (axis) => {
    const values = data.images.map((image) => image.at[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const scale = ([low, high], from, to) => (value) =>
    from + (high > low ? (value - low) / (high - low) : 0.5) * (to - from);
  const x = scale(range(0), size, 1000 - size), y = scale(range(1), 760 - size, size);
  data.images.forEach((image, place) => {
    const at = { x: x(image.at[0]), y: y(image.at[1]) };
    const group = vector("g");
    group.append(vector("title", {}, image.name),
      vector("rect", { x: at.x - size / 2 - 2, y: at.y - size / 2 - 2, width: size + 4, height: size + 4, rx: 6 }),
      vector("image", { href: image.thumb, x: at.x - size / 2, y: at.y - size / 2, width: size, height: size }));
    group.onclick = () => chooseImage(place);
    marks.push({ ...at, group });
    byId("map").append(group);
  });
  chooseImage(0);
}

// ---- Setup --------------------------------------------------------------------------------------

function facts() {
  const list = (pairs) => element("dl", {}, ...pairs.filter(([, value]) => value !== undefined && value !== "")
    .flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))]));
  const run = data.run, network = data.network, training = run.training ?? {};
  const limit = training.limit ? (training.limit.kind === "seconds" ? duration(training.limit.amount)
    : `${count(training.limit.amount)} steps`) : undefined;
  const short = (value) => typeof value === "number" ? Number(value.toPrecision(6)) : value;
  byId("facts").append(
    list([["Program", data.notes.program ?? run.program], ["Started", run.started], ["Machine", run.machine],
      ["Backend", data.notes.backend], ["", ""], ["Data", run.data], ["Data checksum", data.notes.data_checksum],
      ["Seed", data.notes.seed], ["Steps", data.notes.steps ? count(Number(data.notes.steps)) : undefined],
      ["Asked for", limit], ["Trained for", seconds > 0 ? duration(seconds) : undefined],
      ["Pixels held out", run.hold_out_pixels ? `${(100 * run.hold_out_pixels).toFixed(0)} %` : "none"]]),
    list([["Images", count(network.images)], ["Width", network.width], ["Hidden layers", network.hidden_layers],
      ["Numbers per latent", network.latent], ["Conditioning", network.conditioning],
      ["First frequency", network.omega_first], ["Shared numbers", count(network.numbers_shared)],
      ["Numbers in latents", count(network.numbers_latents)],
      ["Numbers beside (palettes, free shifts)", count(network.numbers_beside)],
      ["Numbers in the images", count(network.numbers_pixels)]]),
    list(Object.entries(training).filter(([, value]) => typeof value !== "object")
      .filter(([name]) => !["data_checksum", "elapsed_seconds", "seed"].includes(name))
      .map(([name, value]) => [name.replaceAll("_", " "), short(value)])));
}

headline();
sizeTable();
pixelTable();
charts();
contactSheet();
comparison();
imageTable();
latentMap();
facts();
navigation();
document.documentElement.dataset.ready = "yes";
