/* Ctrl-K: one field that finds and does; the keys of lists; the sheet that lists the keys. */
(() => {
  const dialog = document.getElementById("palette"), keys = document.getElementById("keys");
  if (!dialog) return;
  const field = dialog.querySelector("input"), list = dialog.querySelector("[role=listbox]"), status = dialog.querySelector("[role=status]");
  const store = `kam.recent.${dialog.dataset.user}`;
  const lines = () => [...list.querySelectorAll("[role=option]")];
  let timer, asked = 0;

  /* what was opened last: only kind and number, on this device, of this user; the server says what they still see */
  function recent() { try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return []; } }
  function remember() {
    const found = location.pathname.match(/^\/(accounts|contacts)\/(\d+)\//);
    if (!found) return;
    const key = `${found[1][0]}${found[2]}`;
    try { localStorage.setItem(store, JSON.stringify([key, ...recent().filter(other => other !== key)].slice(0, 8))); } catch { /* private mode */ }
  }

  function choose(line) {
    lines().forEach(other => other.setAttribute("aria-selected", String(other === line)));
    if (!line) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  }
  const chosen = () => lines().find(line => line.getAttribute("aria-selected") === "true");
  function step(count) {
    const all = lines(), at = all.indexOf(chosen());
    if (all.length) choose(all[(at + count + all.length) % all.length]);
  }
  async function ask() {
    const number = ++asked, query = new URLSearchParams();
    if (field.value.trim()) query.set("q", field.value.trim()); else if (recent().length) query.set("recent", recent().join(","));
    let answer;
    try { answer = await fetch(`${dialog.dataset.url}?${query}`, { headers: { "HX-Request": "true" } }); } catch { return; }
    if (number !== asked) return;
    if (answer.status === 401) { location.href = answer.headers.get("HX-Redirect") || "/"; return; }
    if (!answer.ok) return;
    const html = await answer.text();
    if (number !== asked) return;
    list.innerHTML = html;
    choose(lines()[0]);
    status.textContent = status.dataset.count.replace("#", lines().length);
  }
  function open(text = "") {
    if (dialog.open) return;
    keys.close();
    field.value = text;
    dialog.showModal();
    ask();
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  field.addEventListener("keydown", event => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); step(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); step(-1); }
    else if (event.key === "Escape" ) { event.preventDefault(); dialog.close(); }
    else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) window.open(chosen().href); else chosen().click();
    }
  });
  list.addEventListener("pointermove", event => { const line = event.target.closest("[role=option]"); if (line && line !== chosen()) choose(line); });
  [dialog, keys].forEach(box => box.addEventListener("click", event => { if (event.target === box) box.close(); }));

  /* the box at the side opens it, by a click or by the first letter */
  document.querySelectorAll("[data-search]").forEach(box => {
    box.addEventListener("click", () => open());
    box.addEventListener("input", () => { const text = box.value; box.value = ""; open(text); });
  });
  document.addEventListener("click", event => { if (event.target.closest("[data-keys]")) keys.showModal(); });

  /* keys of a page */
  const isTyping = node => node.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const current = () => rows().find(row => row.classList.contains("is-current"));
  function walk(count) {
    const all = rows();
    if (!all.length) return;
    const next = all[Math.min(Math.max(all.indexOf(current()) + count, 0), all.length - 1)];
    all.forEach(row => row.classList.toggle("is-current", row === next));
    next.scrollIntoView({ block: "nearest" });
    (next.querySelector("a, button") || next).focus({ preventScroll: true });
  }
  const acts = {
    j: () => walk(1),
    k: () => walk(-1),
    x: () => current()?.querySelector("input[name=pick]")?.click(),
    u: () => document.querySelector("#toasts > :last-child form")?.requestSubmit(),
    "?": () => keys.showModal(),
    "/": () => { const box = document.querySelector("[data-list-search]"); if (box) { box.focus(); box.select(); } else open(); },
  };
  const arrows = { ArrowDown: acts.j, ArrowUp: acts.k };
  document.addEventListener("keydown", event => {
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close(); else open();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || isTyping(event.target)) return;
    const act = acts[event.key] || (current()?.contains(document.activeElement) ? arrows[event.key] : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
  remember();
})();
