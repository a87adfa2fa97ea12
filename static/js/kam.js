/* What every page does: theme, toasts, errors of htmx answers, forms that are sent once, keys. */
(() => {
  const root = document.documentElement;
  const texts = () => document.getElementById("texts").dataset;
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];

  /* toasts */
  function toast({ text, level = "ok", undo = "" }) {
    const node = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    node.classList.add(`is-${level}`);
    node.querySelector("[data-text]").textContent = text;
    const form = node.querySelector("form");
    if (undo) { form.action = undo; form.querySelector("[name=csrfmiddlewaretoken]").value = csrf(); } else form.remove();
    document.getElementById("toasts").append(node);
    keepFor(node);
  }
  function keepFor(node) {
    const wait = node.querySelector("form") ? 12000 : 6000;
    setTimeout(() => { if (node.matches(":hover, :focus-within")) keepFor(node); else node.remove(); }, wait);
  }
  document.addEventListener("toast", event => (event.detail.toasts || [event.detail]).forEach(toast));

  /* htmx: what a refused or failed request says */
  const words = status => ({ 403: texts().forbidden, 404: texts().missing, 413: texts().large, 429: texts().slow })[status] || texts().failed;
  document.addEventListener("htmx:responseError", event => toast({ text: words(event.detail.xhr.status), level: "bad" }));
  document.addEventListener("htmx:sendError", () => toast({ text: texts().offline, level: "warn" }));
  document.addEventListener("htmx:timeout", () => toast({ text: texts().offline, level: "warn" }));

  /* a filter form sends only what is set, and its address stays short */
  document.addEventListener("htmx:configRequest", event => {
    if (!event.target.matches("[data-drop-empty]")) return;
    const values = event.detail.formData;
    [...values.keys()].forEach(name => { if (values.getAll(name).every(value => value === "")) values.delete(name); });
  });
  /* the export takes the filters of the list as they are now */
  document.addEventListener("htmx:pushedIntoHistory", () => document.querySelectorAll("[data-export]").forEach(link => {
    const query = new URLSearchParams(location.search);
    query.delete("page");
    query.delete("page_size");
    link.href = `${link.getAttribute("href").split("?")[0]}?${query}`;
  }));

  /* theme */
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-theme-toggle]");
    if (!button) return;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    localStorage.setItem("theme", theme);
    if (button.dataset.url) {
      root.dataset.theme = theme;
      fetch(button.dataset.url, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" }, body: new URLSearchParams({ theme }) });
    }
  });

  /* paper is white */
  let shown = "";
  addEventListener("beforeprint", () => { shown = root.dataset.bsTheme; root.dataset.bsTheme = "light"; });
  addEventListener("afterprint", () => { if (shown) root.dataset.bsTheme = shown; });

  /* a form is sent once; the button wakes up when the page comes back */
  document.addEventListener("submit", event => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.hasAttribute("hx-post")) return;
    if (form.classList.contains("is-busy")) { event.preventDefault(); return; }
    form.classList.add("is-busy");
  });
  addEventListener("pageshow", () => document.querySelectorAll("form.is-busy").forEach(form => form.classList.remove("is-busy")));

  /* a choice that sends its form, a question before what cannot be undone, details that close */
  document.addEventListener("change", event => { if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit(); });
  document.addEventListener("submit", event => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); event.target.classList.remove("is-busy"); }
  }, true);
  document.addEventListener("click", event => document.querySelectorAll("details.k-pop[open]").forEach(pop => {
    if (!pop.contains(event.target)) pop.open = false;
  }));

  /* who closes a menu by key stands where it was opened */
  function close(pop) {
    if (pop.contains(document.activeElement)) pop.querySelector("summary").focus();
    pop.open = false;
  }
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") document.querySelectorAll("details.k-pop[open]").forEach(close);
  });

  document.querySelectorAll("#toasts > *").forEach(keepFor);
  window.KAM = Object.assign(window.KAM || {}, { toast, csrf });
})();
