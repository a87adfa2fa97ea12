/* The choice of columns: an arrow moves its line in place; the order of the lines is what is sent. */
(() => {
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-columns] [name=move]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li"), up = button.value.startsWith("up:");
    const other = up ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (up) other.before(line); else other.after(line);
    button.focus();
  });
})();
