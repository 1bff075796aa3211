// ---- Setup --------------------------------------------------------------------------------------

function facts() {
  const list = (pairs) => element("dl", {}, ...pairs.filter(([, value]) => value !== undefined && value !== "")
    .flatMap(([name, value]) => [element("dt", {}, name), element("dd", { className: /^[\d.,]+$/.test(value) ? "number" : "" }, String(value))]));
  const run = data.run, network = data.network, training = run.training ?? {};
  const limit = training.limit ? (training.limit.kind === "seconds" ? duration(training.limit.amount)
    : `${count(training.limit.amount)} steps`) : undefined;
  const short = (value) => typeof value === "number" ? Number(value.toPrecision(6)) : value;
  byId("facts").append(
    list([["Model", data.model], ["Program", data.notes.program ?? run.program], ["Started", run.started], ["Machine", run.machine],
      ["Backend", data.notes.backend], ["", ""], ["Data", run.data], ["Data checksum", data.notes.data_checksum],
      ["Seed", data.notes.seed], ["Steps", data.notes.steps ? count(Number(data.notes.steps)) : undefined],
      ["Asked for", limit], ["Trained for", seconds > 0 ? duration(seconds) : undefined],
      ["Pixels held out", run.hold_out_pixels ? `${(100 * run.hold_out_pixels).toFixed(0)} %` : "none"]]),
    list([["Images", count(network.images)], ["Width", network.width], ["Hidden layers", network.hidden_layers],
      ["Numbers per latent", network.latent], ["Conditioning", network.conditioning],
      ["First frequency", network.omega_first], ["Shared numbers", count(network.numbers_shared)],
      ["Numbers in latents", count(network.numbers_latents)],
      ["Side information (palettes, free shifts)", count(network.numbers_beside)],
      ["Numbers in the images", count(network.numbers_pixels)]]),
    list(Object.entries(training).filter(([, value]) => typeof value !== "object")
      .filter(([name]) => !["data_checksum", "elapsed_seconds", "seed"].includes(name))
      .map(([name, value]) => [name.replaceAll("_", " "), short(value)])));
}

headline();
groundSwitch();
sizeTable();
pixelTable();
byId("curves").hidden = data.curves.length === 0;
showCharts(byId("charts"), data.curves);
contactSheet();
comparison();
pathSection();
imageTable();
latentMap();
facts();
navigation();
document.documentElement.dataset.ready = "yes";
