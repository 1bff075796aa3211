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

/// The range of a curve: its end and its baselines in full, but not all of a steep beginning. Points
/// with intervals have no such beginning.
function valueRange(curve) {
  const points = curve.series.flatMap((series) => series.points);
  const values = points.map((point) => point[1]);
  const lines = curve.baselines.map((line) => line.value);
  const sorted = [...values].sort((a, b) => a - b);
  const ends = curve.axis ? points.flatMap(([, value, half = 0]) => [value - half, value + half]) : [];
  const low = Math.min(sorted[Math.floor(curve.axis ? 0 : 0.04 * sorted.length)], ...lines, ...ends);
  const high = Math.max(...values, ...lines, ...ends);
  const margin = 0.06 * (high - low || 1);
  return [low - margin, high + margin];
}

/// The horizontal axis from `left` to `right` pixels: seconds from 0 on, or, if the curve has an axis
/// of its own, the logarithm of what it counts.
function horizontal(curve, left, right) {
  const all = [...new Set(curve.series.flatMap((series) => series.points.map((point) => point[0])))]
    .sort((a, b) => a - b);
  if (!curve.axis) {
    const longest = Math.max(...all, 1e-3);
    return { at: (time) => left + time / longest * (right - left),
      back: (pixel) => (pixel - left) / (right - left) * longest, least: 0, most: longest,
      ticks: timeTicks(longest), text: clock, label: "" };
  }
  const inset = 14, least = Math.log(all[0]), span = Math.log(all.at(-1)) - least || 1;
  const width = right - left - 2 * inset;
  return { at: (value) => left + inset + (Math.log(value) - least) / span * width,
    back: (pixel) => Math.exp(least + (pixel - left - inset) / width * span),
    least: all[0], most: all.at(-1), ticks: all.length <= 8 ? all : all.filter((_, i) => i % 2 === 0),
    text: (value) => count(value), label: curve.axis.label };
}

const decimals = (range) => range < 0.1 ? 3 : range < 1 ? 2 : range < 4 ? 1 : 0;
const seriesColor = (i) => `var(--c${i % 6})`;

/// A line with points and, where they have them, whiskers.
function drawSeries(svg, points, i, hasWhiskers) {
  const color = seriesColor(i);
  svg.append(vector("polyline", { class: "series", style: `stroke:${color}`,
    points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") }));
  for (const [x, y, top, bottom] of points) {
    if (hasWhiskers && bottom > top)
      svg.append(vector("path", { class: "whisker", style: `stroke:${color}`,
        d: `M${x - 4} ${top}h8M${x} ${top}V${bottom}M${x - 4} ${bottom}h8` }));
    if (hasWhiskers || points.length === 1)
      svg.append(vector("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 3.5, style: `fill:${color}` }));
  }
}

function drawChart(box, curve) {
  box.querySelector("svg")?.remove();
  const width = Math.max(280, box.clientWidth), height = 230;
  const left = 44, right = curve.baselines.length > 0 ? 70 : 12, top = 10, bottom = curve.axis ? 40 : 26;
  const [low, high] = valueRange(curve);
  const axis = horizontal(curve, left, width - right), x = axis.at;
  const y = (value) => top + (high - Math.max(value, low)) / (high - low) * (height - top - bottom);
  const svg = vector("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${curve.title}, ${curve.unit} over ${axis.label || "time"}` });
  for (const value of ticks(low, high, 5)) {
    svg.append(vector("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    svg.append(vector("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(decimals(high - low))));
  }
  for (const at of axis.ticks)
    svg.append(vector("text", { x: x(at), y: height - bottom + 20, "text-anchor": "middle" }, axis.text(at)));
  if (axis.label)
    svg.append(vector("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, axis.label));
  if (curve.axis && low < 0 && high > 0)
    svg.append(vector("line", { class: "zero", x1: left, x2: width - right, y1: y(0), y2: y(0) }));

  // Baselines; their names at the right are moved apart.
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
  // Points of several lines at one place stand beside each other, so that all whiskers are seen.
  const apart = curve.axis ? 3 : 0;
  curve.series.forEach((series, i) => {
    const shift = apart * (i - (curve.series.length - 1) / 2);
    drawSeries(svg, series.points.map(([at, value, half = 0]) =>
      [x(at) + shift, y(value), y(value + half), y(value - half)]), i, curve.axis !== undefined);
  });

  const cross = vector("line", { class: "cross", y1: top, y2: height - bottom, visibility: "hidden" });
  svg.append(cross);
  const tip = box.querySelector(".tip");
  box.append(svg);
  if (tip === null) return;
  svg.onpointermove = (event) => {
    const bounds = svg.getBoundingClientRect();
    const pixel = (event.clientX - bounds.left) / bounds.width * width;
    if (pixel < left || pixel > width - right + 4) return svg.onpointerleave();
    const time = axis.back(pixel);
    const shown = curve.series.map((series, i) => ({ series, i, point: series.points.reduce((best, point) =>
      Math.abs(point[0] - time) < Math.abs(best[0] - time) ? point : best) }));
    const at = shown.reduce((best, each) =>
      Math.abs(each.point[0] - time) < Math.abs(best.point[0] - time) ? each : best).point[0];
    cross.setAttribute("x1", x(at));
    cross.setAttribute("x2", x(at));
    cross.setAttribute("visibility", "visible");
    tip.hidden = false;
    tip.replaceChildren(element("b", {}, curve.axis ? `${axis.text(at)} ${axis.label}` : clock(Math.round(at))),
      ...shown.map(({ series, i, point }) => element("div", { style: `color:${seriesColor(i)}` },
        `${series.name} ${point[1].toFixed(curve.unit === "SSIM" ? 4 : 2)}${point[2] ? ` ± ${point[2].toFixed(2)}` : ""}`)),
      ...lines.map((line) => element("div", { style: `color:${line.color}` }, `${label(line.name)} ${line.value.toFixed(curve.unit === "SSIM" ? 4 : 2)}`)));
    const place = x(at) / width * bounds.width;
    tip.style.left = `${Math.max(0, place > bounds.width / 2 ? place - tip.offsetWidth - 12 : place + 12)}px`;
    tip.style.top = "64px";
  };
  svg.onpointerleave = () => {
    cross.setAttribute("visibility", "hidden");
    tip.hidden = true;
  };
}

const legendOf = (curve) => element("div", { className: "legend" }, ...curve.series.map((series, i) =>
  element("span", {}, element("i", { style: `border-color:${seriesColor(i)}` }), series.name)));

/// A chart in the light colours of print, with its title and legend, as the text of an SVG file.
function chartFile(curve, draw) {
  const width = 560, line = 17;
  const box = element("div", { className: "chart light", style: `position:absolute;left:-9999px;width:${width}px` });
  document.body.append(box);
  draw(box, curve);
  const svg = box.querySelector("svg");
  const height = Number(svg.getAttribute("viewBox").split(" ")[3]);
  const names = (curve.series ?? []).map((series) => series.name);
  const top = 26 + line * names.length;
  const whole = vector("svg", { viewBox: `0 0 ${width} ${height + top}`, width, height: height + top,
    "font-family": "system-ui, sans-serif" });
  whole.append(vector("rect", { width: "100%", height: "100%", fill: "#fff" }),
    vector("text", { x: 8, y: 18, "font-size": 14, "font-weight": 600, fill: "#1d2127" }, `${curve.title}, ${curve.unit}`));
  for (const each of svg.querySelectorAll("*")) {
    const style = getComputedStyle(each);
    const text = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size"]
      .map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    each.setAttribute("style", text);
    each.removeAttribute("class");
  }
  svg.querySelector("[visibility=hidden]")?.remove();
  names.forEach((name, i) => {
    const color = getComputedStyle(box).getPropertyValue(`--c${i % 6}`);
    const at = 36 + line * i;
    whole.append(vector("line", { x1: 10, x2: 28, y1: at - 4, y2: at - 4, stroke: color, "stroke-width": 2.5 }),
      vector("text", { x: 34, y: at, "font-size": 12, fill: "#646b76" }, name));
  });
  const body = vector("g", { transform: `translate(0 ${top})` });
  body.append(...svg.childNodes);
  whole.append(body);
  box.remove();
  return new XMLSerializer().serializeToString(whole);
}

function saveButton(curve, draw) {
  const name = `${curve.title}_${curve.unit}`.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const button = element("button", { type: "button", className: "save", title: "Save as SVG" }, "SVG");
  button.onclick = () => {
    const url = URL.createObjectURL(new Blob([chartFile(curve, draw)], { type: "image/svg+xml" }));
    element("a", { href: url, download: `${name}.svg` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };
  return button;
}

/// Puts the charts into an element, and draws them again when the window changes.
function showCharts(place, curves) {
  const boxes = curves.map((curve) => {
    const box = element("div", { className: "chart" },
      element("h3", {}, curve.title, element("span", {}, `, ${curve.unit}`), saveButton(curve, drawChart)),
      legendOf(curve), element("div", { className: "tip", hidden: true }));
    place.append(box);
    return box;
  });
  const draw = () => boxes.forEach((box, i) => drawChart(box, curves[i]));
  draw();
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    draw();
  });
}
