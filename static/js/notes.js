/* Comments and files: @ offers colleagues, dropped and chosen files are sent at once. */
(() => {
  const word = /@([^\s@]{0,30})$/;
  const boxOf = area => area.form.querySelector(".k-people");
  let timer, asked = 0;

  function close(area) { boxOf(area).replaceChildren(); area.removeAttribute("aria-activedescendant"); }
  async function offer(area) {
    const found = area.value.slice(0, area.selectionStart).match(word), number = ++asked;
    if (!found) return close(area);
    let answer;
    try { answer = await fetch(`${area.form.dataset.people}?q=${encodeURIComponent(found[1])}`, { headers: { "HX-Request": "true" } }); } catch { return; }
    if (!answer.ok || number !== asked) return;
    boxOf(area).innerHTML = await answer.text();
  }
  function take(area, option) {
    const before = area.value.slice(0, area.selectionStart).replace(word, `@${option.dataset.mention} `);
    area.value = before + area.value.slice(area.selectionStart);
    area.setSelectionRange(before.length, before.length);
    close(area);
    area.focus();
  }
  document.addEventListener("input", event => {
    if (!event.target.matches("[data-mentions]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => offer(event.target), 150);
  });
  document.addEventListener("click", event => {
    const option = event.target.closest("[data-mention]");
    if (option) take(option.closest("form").querySelector("[data-mentions]"), option);
  });
  document.addEventListener("keydown", event => {
    const form = event.target.closest("form[data-people]");
    if (!form || event.isComposing) return;
    const area = form.querySelector("[data-mentions]"), options = [...form.querySelectorAll("[data-mention]")];
    const at = options.indexOf(document.activeElement);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target === area) { event.preventDefault(); form.requestSubmit(); return; }
    if (!options.length) return;
    if (event.key === "Escape") { event.preventDefault(); close(area); area.focus(); }
    else if (event.key === "ArrowDown") { event.preventDefault(); options[Math.min(at + 1, options.length - 1)].focus(); }
    else if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (at ? options[at - 1] : area).focus(); }
    else if ((event.key === "Enter" || event.key === "Tab") && event.target === area) { event.preventDefault(); take(area, options[0]); }
  });

  document.addEventListener("change", event => { if (event.target.matches("[data-send-files]") && event.target.files.length) event.target.form.requestSubmit(); });
  const dropOf = event => (event.dataTransfer?.types.includes("Files") ? event.target.closest("#notes")?.querySelector("[data-drop]") : null);
  document.addEventListener("dragover", event => { const form = dropOf(event); if (form) { event.preventDefault(); form.classList.add("is-over"); } });
  document.addEventListener("dragleave", event => { document.querySelectorAll("[data-drop].is-over").forEach(form => form.classList.remove("is-over")); });
  document.addEventListener("drop", event => {
    const form = dropOf(event);
    if (!form) return;
    event.preventDefault();
    form.classList.remove("is-over");
    form.querySelector("[data-send-files]").files = event.dataTransfer.files;
    form.requestSubmit();
  });
})();
