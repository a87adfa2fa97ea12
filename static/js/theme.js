/* Runs in the head before anything is drawn, so that the page never flashes in the other theme. */
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const wish = () => root.dataset.theme || localStorage.getItem("theme") || "";
  const show = () => { root.dataset.bsTheme = wish() || (system.matches ? "dark" : "light"); };
  show();
  system.addEventListener("change", show);
})();
