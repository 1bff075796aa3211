// ---- Differences, a row for each variant -----------------------------------------------------------

/// A point with its whiskers for each row: curve.dots has "name", "value" and "half".
function drawDots(box, curve) {
  box.querySelector("svg")?.remove();
  const row = 22, top = 8, bottom = 40, left = 170, right = 16;
  const width = Math.max(320, box.clientWidth), height = top + row * curve.dots.length + bottom;
  const ends = curve.dots.flatMap(({ value, half }) => [value - half, value + half]);
  const least = Math.min(0, ...ends), most = Math.max(0, ...ends), margin = 0.05 * (most - least || 1);
  const low = least - margin, high = most + margin;
  const x = (value) => left + (value - low) / (high - low) * (width - left - right);
  const svg = vector("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${curve.title}, ${curve.unit}` });
  for (const value of ticks(low, high, 5)) {
    svg.append(vector("line", { class: "grid", x1: x(value), x2: x(value), y1: top, y2: height - bottom }));
    svg.append(vector("text", { x: x(value), y: height - bottom + 18, "text-anchor": "middle" },
      value.toFixed(decimals(high - low))));
  }
  svg.append(vector("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, curve.label));
  svg.append(vector("line", { class: "zero", x1: x(0), x2: x(0), y1: top, y2: height - bottom }));
  curve.dots.forEach(({ name, value, half }, i) => {
    const y = top + row * (i + 0.5), color = `var(--${value + half < 0 ? "bad" : value - half > 0 ? "good" : "soft"})`;
    svg.append(vector("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, name));
    if (half > 0)
      svg.append(vector("path", { class: "whisker", style: `stroke:${color}`,
        d: `M${x(value - half)} ${y - 4}v8M${x(value - half)} ${y}H${x(value + half)}M${x(value + half)} ${y - 4}v8` }));
    const dot = vector("circle", { cx: x(value).toFixed(1), cy: y, r: 4, style: `fill:${color}` });
    dot.append(vector("title", {}, `${name}: ${signed(value)}${half > 0 ? ` ± ${half.toFixed(2)}` : ""} ${curve.unit}`));
    svg.append(dot);
  });
  box.append(svg);
}

function showDots(place, curves) {
  for (const curve of curves) {
    const box = element("div", { className: "chart dots" },
      element("h3", {}, curve.title, element("span", {}, `, ${curve.unit}`), saveButton(curve, drawDots)));
    place.append(box);
    drawDots(box, curve);
  }
}
