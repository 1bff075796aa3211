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

/// The range of a curve: its end and its baselines in full, but not all of a steep beginning.
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
