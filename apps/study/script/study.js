// ---- The page of a study ---------------------------------------------------------------------------

function showTables(tables) {
  byId("tables").hidden = tables.length === 0;
  for (const table of tables) {
    const cells = (kind, texts) => element("tr", {}, ...texts.map((text) => element(kind, {}, text.replace("+-", "±"))));
    byId("tables").append(element("h3", {}, table.title), element("div", { className: "scroll" },
      element("table", {}, element("thead", {}, cells("th", table.columns)),
        element("tbody", {}, ...table.rows.map((row) => cells("td", row))))));
  }
}

byId("title").textContent = data.title;
document.title = `${data.title} · chorus study`;
byId("lead").textContent = data.lead;
byId("findings").append(...data.findings.map((text) => element("li", {}, text.replace("+-", "±"))));
showCharts(byId("charts"), data.charts.filter((chart) => chart.series));
showDots(byId("charts"), data.charts.filter((chart) => chart.dots));
showTables(data.tables);
byId("facts").append(...Object.entries(data.facts).flatMap(([name, value]) =>
  [element("dt", {}, name), element("dd", {}, String(value))]));
document.documentElement.dataset.ready = "yes";
