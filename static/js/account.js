/* Orders by month as bars, last year as a dashed line; the running month is paler. */
KAM.chart("year", (data, { category, value, grid, tooltip, figure, token }) => { const last = data.now.length - 1, peak = data.now.indexOf(Math.max(...data.now)); return ({
  grid: grid({ right: 72, top: 20 }), tooltip: tooltip({ trigger: "axis", valueFormatter: figure("money") }),
  xAxis: category(data.categories), yAxis: value("money", { splitNumber: 3, min: low => Math.min(0, low.min) }),
  series: [
    { name: data.names.now, type: "bar", barMaxWidth: 24, itemStyle: { color: token("accent"), borderRadius: [3, 3, 0, 0] },
      label: { position: "top", fontSize: 12, color: token("text") },
      data: data.now.map((amount, at) => ({ value: amount, itemStyle: { opacity: at === last ? .45 : 1 },
        label: at === last ? { show: true, formatter: data.names.running, color: token("text-3"), opacity: 1 } : { show: at === peak && amount > 0, formatter: figure("money")(amount), fontWeight: 600, align: at ? "center" : "left" } })) },
    { name: data.names.before, type: "line", symbol: "none", data: data.before, lineStyle: { color: token("text-3"), width: 1.5, type: [4, 3] }, itemStyle: { color: token("text-3") },
      endLabel: { show: true, offset: [10, 0], formatter: data.names.before, color: token("text-2"), fontSize: 12 } },
  ],
}); });
