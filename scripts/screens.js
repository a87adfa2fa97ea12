/* Looks at the page it runs on and returns what is wrong with it: texts by kind of finding. */
({ isChinese, isPhone, messages }) => {
  const known = new Set(messages);
  const boxOf = node => node.getBoundingClientRect();
  const isShown = node => boxOf(node).width > 1 && boxOf(node).height > 1 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const ownText = node => [...node.childNodes].filter(child => child.nodeType === 3).map(child => child.textContent.trim()).join(" ").trim();
  const named = node => `${node.tagName.toLowerCase()}.${node.className}: ${(node.innerText || node.ariaLabel || node.name || "").slice(0, 40)}`;
  const shown = [...document.body.querySelectorAll("*")].filter(node => !node.closest("script, template, [hidden], svg") && isShown(node));
  const root = document.documentElement;

  const overflow = root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} > ${root.clientWidth}`] : [];
  if (overflow.length) overflow.push(...shown.filter(node => boxOf(node).right > root.clientWidth + 1).slice(0, 5).map(named));

  const mayCut = ".k-vh, .k-cut, .k-crumb *, .k-scroll, .k-scroll-x, .k-tabs, select, option, input, textarea, [data-chart] *, .k-searchbox";
  const isCut = node => node.clientWidth && (node.scrollWidth > node.clientWidth + 1 || (getComputedStyle(node).overflowY === "hidden" && node.scrollHeight > node.clientHeight + 2));
  const clipped = shown.filter(node => ownText(node) && !node.matches(mayCut) && isCut(node)).map(named);

  /* a thumb needs 44 px; links inside a sentence, and rows that are a link as a whole, are large enough by their line */
  const targets = ".btn, button, summary, select, input:not([type=hidden], [type=range]), textarea, .k-nav, .k-tabs > a, .k-seg > *, .k-acts > *, .k-menu a, .k-fold, .k-chip, .k-pick, .k-dock > *";
  const reach = node => boxOf(node.matches("[type=checkbox], [type=radio]") ? node.closest("label") || node.parentElement : node);
  const small = isPhone ? shown.filter(node => node.matches(targets) && !node.disabled && Math.min(reach(node).height, reach(node).width) < 43.5)
    .map(node => `${Math.round(reach(node).width)}×${Math.round(reach(node).height)} ${named(node)}`) : [];

  const primaries = shown.filter(node => node.matches(".btn-primary"));
  const primary = primaries.length > 1 ? primaries.map(named) : [];

  const overlaps = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  const chart = [...document.querySelectorAll("[data-chart]")].flatMap(element => {
    const frame = boxOf(element);
    const labels = [...element.querySelectorAll("text")].filter(label => label.textContent.trim()).map(label => ({ text: label.textContent, box: boxOf(label) }));
    const out = labels.filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1).map(({ text }) => `${element.dataset.chart}: ${text} is cut off`);
    const over = labels.flatMap((label, at) => labels.slice(at + 1).filter(other => overlaps(label.box, other.box)).map(other => `${element.dataset.chart}: ${label.text} on ${other.text}`));
    return [...out, ...over].slice(0, 4);
  });

  const english = [], punctuation = [];
  const isData = node => node.closest("td:not(:has(.k-badge)), [data-name]");
  for (const node of isChinese ? shown.filter(node => !node.closest("[translate=no]")) : []) {
    const texts = [ownText(node), node.getAttribute("aria-label"), node.getAttribute("placeholder"), node.getAttribute("title")].filter(Boolean);
    for (const text of texts) {
      const isSentence = /^[\x20-\x7e–—…’“”·]+$/.test(text) && (text.match(/[A-Za-z]{2,}/g) || []).length >= 4;
      if (known.has(text) || (isSentence && !isData(node))) english.push(text.slice(0, 80));
      if (/[\u4e00-\u9fff] ?[,;:!?()] ?[\u4e00-\u9fff]|[\u4e00-\u9fff]\.(\s|$)/.test(text) && !isData(node)) punctuation.push(text.slice(0, 80));
    }
  }
  const once = list => [...new Set(list)];
  return { overflow, clipped: once(clipped), "small target": once(small), "several primary buttons": primary, chart, english: once(english), punctuation: once(punctuation) };
}
