/* Looks at the page it runs on and returns what is wrong with it: {overflow, clipped, english}. */
({ isChinese, messages }) => {
  const known = new Set(messages);
  const isShown = node => { const box = node.getBoundingClientRect(); return box.width > 1 && box.height > 1 && getComputedStyle(node).visibility === "visible"; };
  const allowed = ".k-vh, .k-cut, .k-crumb *, .k-scroll, .k-scroll-x, .k-tabs, select, option, input, textarea, svg, svg *, [data-chart] *, .k-searchbox";
  const ownText = node => [...node.childNodes].filter(child => child.nodeType === 3).map(child => child.textContent.trim()).join(" ").trim();
  const shown = [...document.body.querySelectorAll("*")].filter(node => !node.closest("script, template, [hidden], svg") && isShown(node));
  const root = document.documentElement;
  const overflow = root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} > ${root.clientWidth}`] : [];
  const wide = overflow.length ? shown.filter(node => node.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 5).map(node => `${node.tagName}.${node.className}`) : [];
  const clipped = shown.filter(node => ownText(node) && !node.matches(allowed) && node.clientWidth && node.scrollWidth > node.clientWidth + 1)
    .map(node => `${node.tagName.toLowerCase()}.${node.className}: ${ownText(node).slice(0, 60)}`);
  const english = [];
  if (isChinese) {
    for (const node of shown) {
      const isData = node.closest("[translate=no], td:not(:has(.k-badge)), [data-name]");
      const texts = [ownText(node), node.getAttribute("aria-label"), node.getAttribute("placeholder"), node.getAttribute("title")];
      for (const text of texts.filter(Boolean)) {
        const isSentence = /^[\x20-\x7e–—…’“”·]+$/.test(text) && (text.match(/[A-Za-z]{2,}/g) || []).length >= 4;
        if (known.has(text) || (isSentence && !isData)) english.push(text.slice(0, 80));
      }
    }
  }
  return { overflow: [...overflow, ...wide], clipped, english: [...new Set(english)] };
}
