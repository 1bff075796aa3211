// ---- Pictures -----------------------------------------------------------------------------------

const versions = [
  { key: "truth", name: "true image" },
  { key: "network", name: "network" },
  { key: "drawing", name: "drawing" },
  { key: "rival", name: rival ? label(rival.method) : "" },
  { key: "trained", name: "training pixels" },
  { key: "network_error", name: "error of network" },
  { key: "drawing_error", name: "error of drawing" },
  { key: "rival_error", name: rival ? `error of ${label(rival.method)}` : "" },
];

function sheetRow(item) {
  const image = data.images[item.image];
  const who = element("div", { className: "who" }, element("b", {}, image.name),
    element("span", {}, `network ${decibel(image.psnr)} dB`));
  if (image.psnr_drawing !== undefined)
    who.append(element("span", {}, `drawing ${decibel(image.psnr_drawing)} dB`));
  if (rival) who.append(element("span", {}, `${label(rival.method)} ${decibel(image.psnr_rival)} dB`));
  const shown = versions.filter((each) => each.key !== "trained" && item[each.key]);
  const strip = element("div", { className: item.drawing ? "strip drawn" : "strip" });
  for (const { key, name } of shown) {
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
  byId("pictures-note").textContent = `At ${targetSize}, by the network's PSNR. Errors: mean ` +
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
  byId("compare-scores").textContent = `Against the true image at ${image.size} px: network ` +
    `${decibel(image.psnr)} dB, SSIM ${similarity(image.ssim)}` +
    (image.psnr_drawing === undefined ? "" : `; drawing ${decibel(image.psnr_drawing)} dB`) +
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
