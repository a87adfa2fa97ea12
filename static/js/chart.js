/* Charts: an element with data-chart="<builder>" and data-source="<id of its JSON>" is drawn from the design tokens.

   A builder is registered by KAM.chart("name", (data, kit) => option) and may be any ECharts option. The kit knows the
   tokens, quiet axes and how figures read. A mark whose data item has an "href" is a link. Drawn as SVG, without
   animation, again when the theme changes and when the box changes its size. */
(() => {
  const root = document.documentElement;
  const isChinese = root.lang.startsWith("zh");
  const builders = {};
  const charts = [];
  const token = name => getComputedStyle(root).getPropertyValue(`--k-${name}`).trim();
  const font = getComputedStyle(document.body).fontFamily;
  const round = (value, places) => value.toLocaleString("en", { maximumFractionDigits: places });

  function money(value) {
    const steps = isChinese ? [[1e8, " 亿"], [1e4, " 万"]] : [[1e9, " B"], [1e6, " M"], [1e3, " k"]];
    const [step, unit] = steps.find(([size]) => Math.abs(value) >= size) || [1, ""];
    const sign = isChinese && unit ? "" : document.body.dataset.currency || "";
    return (value < 0 ? "−" : "") + sign + round(Math.abs(value) / step, Math.abs(value) / step < 10 ? 2 : 0) + unit;
  }
  const figures = { money, percent: value => `${round(value * 100, 0)} %`, number: value => round(value, 1).replace("-", "−") };
  const figure = unit => figures[unit] || figures.number;
  const label = () => ({ color: token("text-3"), fontSize: 12, fontFamily: font });
  const kit = {
    token, money, figure, isChinese,
    category: (data, more) => ({ type: "category", data, axisLine: { lineStyle: { color: token("line-2") } }, axisTick: { show: false }, axisLabel: { ...label(), hideOverlap: true }, ...more }),
    value: (unit, more) => ({ type: "value", splitNumber: 4, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...label(), formatter: figure(unit) }, splitLine: { lineStyle: { color: token("grid") } }, ...more }),
    grid: more => ({ left: 8, right: 16, top: 16, bottom: 8, containLabel: true, ...more }),
    tooltip: more => ({ renderMode: "richText", confine: true, backgroundColor: token("surface"), borderColor: token("line-2"), textStyle: { color: token("text"), fontSize: 12, fontFamily: font }, ...more }),
    limit: (at, text, more) => ({ silent: true, symbol: "none", lineStyle: { color: token("text-3"), type: "dashed" }, label: { ...label(), formatter: text, color: token("text-2") }, data: [{ xAxis: at }], ...more }),
    tone: name => token({ before: "mute", now: "accent", up: "ok", down: "bad", warn: "warn" }[name] || name || "accent"),
  };

  function draw(entry) {
    const option = builders[entry.builder](entry.data, kit);
    entry.chart.setOption({ animation: false, textStyle: { fontFamily: font, fontSize: 12, color: token("text-2") }, ...option }, true);
  }
  function follow(event) {
    const href = event.data?.href;
    if (href && /^[/?](?!\/)/.test(href)) location.assign(href);
  }
  function start(element) {
    const chart = echarts.init(element, null, { renderer: "svg", locale: isChinese ? "ZH" : "EN" });
    const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
    const entry = { chart, builder: element.dataset.chart, data, element };
    charts.push(entry);
    draw(entry);
    chart.on("click", follow);
    new ResizeObserver(() => chart.resize()).observe(element);
  }
  function scan() {
    charts.filter(entry => !entry.element.isConnected).forEach(entry => { entry.chart.dispose(); charts.splice(charts.indexOf(entry), 1); });
    document.querySelectorAll("[data-chart]").forEach(element => {
      if (builders[element.dataset.chart] && !charts.some(entry => entry.element === element)) start(element);
    });
  }
  /* on paper: light, and as wide as A4 between its margins (unit: CSS pixels) */
  const PAPER = 660;
  addEventListener("beforeprint", () => charts.forEach(entry => { entry.chart.resize({ width: Math.min(PAPER, entry.element.clientWidth || PAPER) }); draw(entry); }));
  addEventListener("afterprint", () => charts.forEach(entry => entry.chart.resize({ width: "auto" })));
  new MutationObserver(() => charts.forEach(draw)).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  document.addEventListener("DOMContentLoaded", scan);
  document.addEventListener("htmx:afterSettle", scan);
  window.KAM = Object.assign(window.KAM || {}, { chart: (name, builder) => { builders[name] = builder; }, charts: kit });

  /* {categories, series: [{name, tone, values: [number | {value, href}]}], unit}: bars from zero */
  KAM.chart("bars", (data, { category, value, grid, tooltip, figure, tone }) => ({
    grid: grid(), tooltip: tooltip({ trigger: "axis", valueFormatter: figure(data.unit) }), xAxis: category(data.categories), yAxis: value(data.unit, { min: low => Math.min(0, low.min) }),
    series: data.series.map(series => ({ name: series.name, type: "bar", data: series.values, barMaxWidth: 28, itemStyle: { color: tone(series.tone), borderRadius: [3, 3, 0, 0] } })),
  }));

  /* {categories, series: [{name, tone, is_dashed, values}], unit}: lines with their name at the end */
  KAM.chart("lines", (data, { category, value, grid, tooltip, figure, tone, token: t }) => ({
    grid: grid({ right: 72 }), tooltip: tooltip({ trigger: "axis", valueFormatter: figure(data.unit) }), xAxis: category(data.categories, { boundaryGap: false }), yAxis: value(data.unit),
    series: data.series.map(series => ({ name: series.name, type: "line", data: series.values, symbol: "none", lineStyle: { width: 2, type: series.is_dashed ? "dashed" : "solid" }, itemStyle: { color: tone(series.tone) }, endLabel: { show: true, formatter: series.name, color: t("text-2") } })),
  }));

  /* {points: [[share of accounts, share of revenue]], cuts: [{at: [x, y], label, note, href}]} */
  KAM.chart("pareto", (data, { value, grid, figure, token: t }) => ({
    grid: grid({ top: 24 }), xAxis: value("percent", { min: 0, max: 1, interval: .25, splitLine: { show: false } }), yAxis: value("percent", { min: 0, max: 1, interval: .25 }),
    series: [
      { type: "line", data: data.points, symbol: "none", silent: true, smooth: false, lineStyle: { width: 2, color: t("accent") }, areaStyle: { color: t("accent-soft"), opacity: .6 } },
      { type: "scatter", z: 5, symbolSize: 10, data: data.cuts.map(cut => ({ value: cut.at, name: cut.label, note: cut.note, href: cut.href })), itemStyle: { color: t("surface"), borderColor: t("accent"), borderWidth: 2, opacity: 1 },
        labelLayout: { hideOverlap: true }, label: { show: true, position: "bottom", align: "left", offset: [8, 0], formatter: point => `{b|${point.data.name}}\n${point.data.note}`, rich: { b: { fontWeight: 600, color: t("text") } }, color: t("text-3"), lineHeight: 16 } },
    ],
  }));

  /* {edges, counts, unit, limits: [{at, text}], href: []}: how a fact is spread, with its limits; `at` in the fact's own unit */
  KAM.chart("histogram", (data, { value, grid, tooltip, figure, tone, token: t }) => ({
    grid: grid({ top: 28 }), tooltip: tooltip({ formatter: point => `${figure(data.unit)(point.value[0])} … ${figure(data.unit)(point.value[1])}: ${point.value[2]}` }),
    xAxis: value(data.unit, { min: data.edges[0], max: data.edges.at(-1), splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: t("line-2") } }, axisLabel: { ...value(data.unit).axisLabel, showMinLabel: false, showMaxLabel: false, hideOverlap: true } }),
    yAxis: value("number", { minInterval: 1 }),
    series: [
      { type: "custom", encode: { x: [0, 1], y: 2 }, renderItem: (_, at) => {
        const [left, top] = at.coord([at.value(0), at.value(2)]);
        const [right, bottom] = at.coord([at.value(1), 0]);
        return { type: "rect", shape: { x: left + 1, y: top, width: Math.max(right - left - 2, 1), height: bottom - top }, style: { fill: at.visual("color") } };
      }, data: data.counts.map((count, at) => ({ value: [data.edges[at], data.edges[at + 1], count], href: (data.href || [])[at], itemStyle: { color: (data.is_over || [])[at] ? tone("now") : tone("before") } })) },
      { type: "line", data: [], markLine: { silent: true, symbol: "none", lineStyle: { color: t("text-3"), type: "dashed" }, data: (data.limits || []).map(limit => ({ xAxis: limit.at, label: { formatter: limit.text, color: t("text-2") } })) } },
    ],
  }));
})();
