/* A field for the code of an account: typing finds accounts below it, a click or Enter takes one. */
(() => {
  const part = (picker, name) => picker.querySelector(`[data-${name}]`);
  const pickerOf = node => node.closest && node.closest("[data-picker]");
  const close = picker => { part(picker, "options").replaceChildren(); picker.querySelector("input").setAttribute("aria-expanded", "false"); };

  document.querySelectorAll("[data-picker]").forEach(picker => {
    const input = picker.querySelector("input"), options = part(picker, "options");
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": options.id, autocomplete: "off" })
      .forEach(([name, value]) => input.setAttribute(name, value));
    let timer;
    input.addEventListener("input", () => {
      part(picker, "chosen").textContent = "";
      clearTimeout(timer);
      if (!input.value.trim()) return close(picker);
      timer = setTimeout(() => {
        htmx.ajax("GET", `${options.dataset.url}?q=${encodeURIComponent(input.value.trim())}`, { target: options, swap: "innerHTML" })
          .then(() => input.setAttribute("aria-expanded", "true"));
      }, 200);
    });
  });
  function take(picker, option) {
    const input = picker.querySelector("input");
    input.value = option.dataset.code;
    part(picker, "chosen").textContent = option.dataset.name;
    close(picker);
    input.focus();
  }
  document.addEventListener("click", event => {
    const picker = pickerOf(event.target), option = event.target.closest("[data-code]");
    if (picker && option) take(picker, option);
    document.querySelectorAll("[data-picker]").forEach(other => { if (other !== picker) close(other); });
  });
  document.addEventListener("keydown", event => {
    const picker = pickerOf(event.target);
    if (!picker) return;
    const found = [...picker.querySelectorAll("[data-code]")], input = picker.querySelector("input");
    const at = found.indexOf(document.activeElement);
    if (event.key === "Escape" && found.length) { event.preventDefault(); input.focus(); close(picker); }
    else if (event.key === "ArrowDown" && found.length) { event.preventDefault(); found[Math.min(at + 1, found.length - 1)].focus(); }
    else if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (at ? found[at - 1] : input).focus(); }
    else if (event.key === "Enter" && event.target === input && found.length) { event.preventDefault(); take(picker, found[0]); }
  });
})();
