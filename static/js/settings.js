/* Settings: a slider and its figure show the same value, and the sum of the weights stands beside its heading. */
(() => {
  const form = document.getElementById("document");
  if (!form) return;
  const figureOf = slider => document.getElementById(slider.dataset.mirror);
  const sliders = [...form.querySelectorAll("[data-mirror]")];
  const badge = form.querySelector("[data-sum]");

  function showSum() {
    if (!badge) return;
    const weights = [...form.querySelectorAll("[name^=weight_], [name=new_weight]")];
    const sum = weights.reduce((total, field) => total + (parseFloat(field.value) || 0), 0);
    const isRight = Math.abs(sum - Number(badge.dataset.target)) < 1e-9;
    badge.textContent = `${badge.dataset.text} ${Math.round(sum * 100) / 100}`;
    badge.classList.toggle("is-ok", isRight);
    badge.classList.toggle("is-bad", !isRight);
    badge.classList.remove("is-none");
  }
  form.addEventListener("input", event => {
    const slider = event.target;
    if (slider.dataset.mirror) figureOf(slider).value = slider.value;
    else sliders.filter(other => figureOf(other) === slider).forEach(other => { other.value = slider.value; });
    showSum();
  });
  showSum();
})();
