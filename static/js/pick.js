/* Counts the picked rows of a list and picks all of a page. */
(() => {
  const form = document.querySelector("form[data-picked-one]");
  if (!form) return;
  const boxes = () => [...document.querySelectorAll("input[name=pick]")];
  const status = form.querySelector("[data-picked]");
  const all = form.querySelector("[data-pick-all]");
  const idle = status.textContent;
  all.hidden = false;
  function count() {
    const picked = boxes().filter(box => box.checked).length;
    status.textContent = picked === 0 ? idle : picked === 1 ? form.dataset.pickedOne : form.dataset.pickedMany.replace("%s", picked);
  }
  document.addEventListener("change", event => { if (event.target.matches("input[name=pick]")) count(); });
  document.addEventListener("htmx:afterSwap", count);
  all.addEventListener("click", () => {
    const fresh = boxes().some(box => !box.checked);
    boxes().forEach(box => { box.checked = fresh; });
    count();
  });
})();
