// ---- Headline -----------------------------------------------------------------------------------

function bestOf(baselines, key) {
  let best = null;
  for (const [method, scores] of Object.entries(baselines ?? {}))
    if (best === null || scores[key] > best.value) best = { method, value: scores[key] };
  return best;
}

const target = data.target, trained = data.trained;
const rival = bestOf(target.baselines, "psnr_pooled");
const drawings = target.drawings;
const span = (sizes) => sizes.length === 1 ? `${sizes[0]} px` : `${sizes[0]} to ${sizes.at(-1)} px`;
const targetSize = span(target.sizes), trainingSize = span(data.training_sizes);
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
  const folder = String(data.run.data ?? "").split("/").filter((part) => part !== "").pop();
  byId("title").textContent = folder ?? data.title;
  document.title = `${folder ?? data.title} · chorus report`;
  const time = seconds > 0 ? ` in ${duration(seconds)}` : "";
  let text = `${count(data.network.images)} images in one network, trained at ` +
    `${trainingSize}${time}.`;
  if (rival)
    text += ` At ${targetSize} it reaches ${decibel(target.psnr_pooled)} dB; the best classical ` +
      `enlargement, ${label(rival.method)}, reaches ${decibel(rival.value)} dB.`;
  if (drawings)
    text += ` With exact drawings of ${count(drawings.drawn)} of them, which the network proposes and ` +
      `the training pixels decide, it is ${decibel(drawings.psnr_pooled)} dB.`;
  byId("summary").textContent = text;

  const tiles = byId("tiles");
  if (trained)
    tiles.append(tile(decibel(trained.psnr_pooled), " dB",
      `at ${span(trained.sizes)}, the training size (mean of images ${decibel(trained.psnr_mean)})`));
  if (rival) {
    tiles.append(tile(decibel(target.psnr_pooled), " dB",
      `at ${targetSize}; over ${label(rival.method)}:`, target.psnr_pooled - rival.value));
    tiles.append(tile(`${target.wins_over_all} of ${target.count}`, "",
      `images on which it beats all ${Object.keys(target.baselines).length} classical methods at ` +
      `${targetSize}`));
  }
  if (drawings)
    tiles.append(tile(decibel(drawings.psnr_pooled), " dB",
      `at ${targetSize} with drawings of ${drawings.drawn} of ${target.count}; over the network:`,
      drawings.psnr_pooled - target.psnr_pooled));
  const inpainting = bestOf(data.held_out?.baselines, "psnr_pooled");
  if (data.held_out)
    tiles.append(tile(decibel(data.held_out.psnr_held_out), " dB",
      `on pixels held out${inpainting ? `; over ${label(inpainting.method)} inpainting:` : ""}`,
      inpainting ? data.held_out.psnr_held_out - inpainting.value : undefined));
  const kilobytes = (bytes) => count(Math.round(bytes / 1000));
  const perImage = (bytes) => count(Math.round(bytes / data.network.images));
  tiles.append(tile(kilobytes(data.model_bytes), " KB",
    `the model (${data.notes.stored_as ?? "32-bit numbers"}), ${perImage(data.model_bytes)} bytes ` +
    "per image; the pixels, uncompressed in 8 bits, have " +
    `${kilobytes(data.network.numbers_pixels)} KB` +
    (data.png_bytes
      ? `, and as optimised PNGs ${kilobytes(data.png_bytes)} KB, ${perImage(data.png_bytes)} bytes ` +
        "per image, without any loss"
      : "")));
}

function navigation() {
  for (const section of document.querySelectorAll("section:not([hidden])"))
    document.querySelector("nav").append(
      element("a", { href: `#${section.id}` }, section.dataset.title));
}
