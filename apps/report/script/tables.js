// ---- Tables -------------------------------------------------------------------------------------

function head(...titles) {
  return element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", {}, title))));
}

function scoreCell(scores, kinds = "") {
  return element("td", { className: kinds }, decibel(scores.psnr_pooled),
    element("small", {}, similarity(scores.ssim_mean)));
}

// What `upsample` writes, and the number of images on which it beats every classical method.
function drawingCells(size, best) {
  const drawings = size.drawings;
  if (!drawings) return [element("td", {}, "–"), element("td", {}, "–")];
  const isBest = drawings.psnr_pooled >= Math.max(size.psnr_pooled, best?.value ?? 0);
  return [scoreCell(drawings, `ours ${isBest ? "best" : ""}`),
    element("td", {}, size.baselines ? `${drawings.wins_over_all} / ${size.count}` : "–",
      element("small", {}, `${drawings.drawn} drawn`))];
}

function sizeTable() {
  const rivals = Object.keys(data.sizes.find((size) => size.baselines)?.baselines ?? {});
  const table = byId("size-table");
  const withDrawings = data.sizes.some((size) => size.drawings);
  const titles = ["Size", "Network", "Gain", "Wins"];
  if (withDrawings) titles.push("With drawings", "Wins");
  table.append(head(...titles, ...rivals.map(label)));
  const body = element("tbody");
  for (const size of data.sizes) {
    const best = bestOf(size.baselines, "psnr_pooled");
    const gain = best ? size.psnr_pooled - best.value : null;
    const row = element("tr", {}, element("td", {}, `${size.size} px`,
      data.training_sizes.includes(size.size) ? element("small", {}, "training size") : null));
    const isBest = (gain === null || gain >= 0) &&
      size.psnr_pooled > (size.drawings?.psnr_pooled ?? 0);
    row.append(scoreCell(size, `ours ${isBest ? "best" : ""}`));
    row.append(gain === null ? element("td", {}, "–")
      : element("td", { className: gain >= 0 ? "gain" : "loss" }, `${signed(gain)} dB`));
    row.append(element("td", {}, best ? `${size.wins_over_all} / ${size.count}` : "–"));
    if (withDrawings) row.append(...drawingCells(size, best));
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
  if (scores.drawings)
    body.append(row(`with drawings of ${scores.drawings.drawn} images`, scores.drawings.psnr_pooled,
      scores.drawings.psnr_mean, scores.drawings.ssim_mean,
      `drawings win on ${scores.drawings.wins_over_network}`, "ours"));
  table.append(body);
}

function imageTable() {
  const columns = [
    { title: "Image", key: "name", cell: (image) => element("td", {},
      element("img", { src: image.thumb, alt: "", loading: "lazy" }), image.name) },
    { title: `PSNR at ${trainingSize}, dB`, key: "psnr_trained" },
    { title: `PSNR at ${targetSize}, dB`, key: "psnr" },
    { title: `SSIM at ${targetSize}`, key: "ssim", format: similarity },
  ];
  if (rival) {
    columns.push({ title: `${label(rival.method)}, dB`, key: "psnr_rival" });
    columns.push({ title: "Gain, dB", key: "gain", cell: (image) => element("td",
      { className: image.gain >= 0 ? "gain" : "loss" }, signed(image.gain)) });
  }
  if (drawings) columns.push({ title: "Drawing, dB", key: "psnr_drawing" });
  if (trainingSize === targetSize) columns.splice(1, 1);
  if (target.sizes.length > 1)
    columns.splice(1, 0, { title: "Size, px", key: "size", format: String });
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
