/* Flows between tiers: from those then (left) to those now (right); a flow leads to its accounts. */
KAM.chart("flows", (data, { tooltip, token, tone }) => {
  const colour = node => token(node.tier === "none" ? "mute" : `tier-${node.tier.toLowerCase()}`) || token("mute");
  const used = new Set(data.flows.flatMap(flow => [flow.source, flow.target]));
  const nodes = [...data.from.map(node => ({ ...node, depth: 0 })), ...data.to.map(node => ({ ...node, depth: 1 }))];
  return {
    tooltip: tooltip({ formatter: mark => (mark.dataType === "edge" ? `${mark.data.source.trim()} → ${mark.data.target}: ${mark.data.value} · ${mark.data.note}` : mark.name.trim()) }),
    series: [{
      type: "sankey", left: 16, right: 48, top: 8, bottom: 8, nodeGap: 10, nodeWidth: 12, draggable: false, layoutIterations: 0, emphasis: { focus: "adjacency" },
      data: nodes.filter(node => used.has(node.name)).map(node => ({ name: node.name, depth: node.depth, itemStyle: { color: colour(node) }, label: { position: "right", color: token("text-2"), formatter: node.name.trim() } })),
      links: data.flows.map(flow => ({ ...flow, lineStyle: { color: flow.direction === "up" ? tone("up") : flow.direction === "down" ? tone("down") : token("mute"), opacity: flow.direction === "same" ? .25 : .5 } })),
    }],
  };
});
