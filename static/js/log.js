/* The log of an interaction: a draft of every keystroke on this device, ticks, and Save when account and type are set. */
(() => {
  const form = document.getElementById("log");
  if (!form) return;
  document.documentElement.classList.add("k-js");
  const prefix = `kam.draft.${form.dataset.user}.`;
  const field = name => form.elements.namedItem(name);
  const key = [field("account").value, field("plan").value, field("task").value].join(".");
  const status = document.querySelector("[data-draft-status]");
  const silent = new Set(["csrfmiddlewaretoken", "account", "plan", "task", "uuid", "q"]);

  function newUuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40; bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /* drafts on this device, one per account and plan, only of this user */
  function read(name) {
    try { return JSON.parse(localStorage.getItem(prefix + name)); } catch { return null; }
  }
  function drop(name) { localStorage.removeItem(prefix + name); }
  function names() {
    return Object.keys(localStorage).filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
  }
  function values() {
    return [...new FormData(form)].filter(([name, value]) => !silent.has(name) && value !== "");
  }
  function tell(moment) {
    const time = moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    status.textContent = form.dataset.kept.replace("%s", time);
  }
  function keep(name = key) {
    const at = Date.now();
    try { localStorage.setItem(prefix + name, JSON.stringify({ uuid: field("uuid").value, values: values(), at })); } catch { return; }
    tell(new Date(at));
  }
  function restore(draft) {
    field("uuid").value = draft.uuid;
    form.querySelectorAll("input[type=radio], input[type=checkbox]").forEach(box => {
      const kept = draft.values.filter(([name]) => name === box.name);
      box.checked = kept.length ? kept.some(([, value]) => value === box.value) : box.type === "radio" && box.value === "";
    });
    draft.values.forEach(([name, value]) => {
      const node = field(name);
      if (!node || node instanceof RadioNodeList || ["radio", "checkbox"].includes(node.type)) return;
      node.value = value;
      node.closest("details:not(.k-change)")?.setAttribute("open", "");
    });
    tell(new Date(draft.at));
  }
  function dropSaved() {
    const cookie = document.cookie.split("; ").find(part => part.startsWith(`${form.dataset.savedCookie}=`));
    const saved = cookie?.split("=")[1];
    if (saved) names().filter(name => read(name)?.uuid === saved).forEach(drop);
  }

  /* what is set, and whether it can be saved */
  function paint() {
    const chosen = name => Boolean(form.querySelector(`[name="${name}"]:checked`));
    const next = form.querySelector("[name=next]:checked");
    const steps = [Boolean(field("account").value), chosen("contacts") || Boolean(field("new_name")?.value), chosen("kind"), chosen("mood"), Boolean(next)];
    const nodes = [...form.querySelectorAll("[data-step]")];
    if (nodes.length === 4) steps.splice(1, 1);
    nodes.forEach((node, index) => node.classList.toggle("is-set", steps[index]));
    const met = form.querySelector("[data-met]");
    const people = [...form.querySelectorAll("[name=contacts]")];
    const counts = [people.filter(person => person.checked).length, people.length];
    if (met) met.textContent = counts[0] ? met.dataset.met.replace(/%s/g, () => counts.shift()) : "";
    const box = form.querySelector("[data-next]");
    box.classList.toggle("is-off", !next || next.value === "none");
    box.classList.toggle("is-date", next?.value === "date");
    box.querySelector("[data-next-day]").textContent = next?.dataset.day || "";
    form.querySelector("[data-save]").disabled = !(field("account").value && chosen("kind"));
  }

  dropSaved();
  const draft = read(key);
  if (form.dataset.bound === "0") {
    field("uuid").value = newUuid();
    if (draft) restore(draft);
    else if (form.dataset.explicit === "0") {
      const other = names().filter(name => name.split(".")[0]).sort((a, b) => read(b).at - read(a).at)[0];
      if (other) {
        const note = document.querySelector("[data-other-draft]");
        const [account, plan, task] = other.split(".");
        const query = plan ? `plan=${plan}` : task ? `task=${task}` : `account=${account}`;
        note.querySelector("a").href = `?${query}`;
        note.hidden = false;
      }
    }
  }
  form.addEventListener("input", event => { if (event.target.name !== "q") { keep(); paint(); } });
  form.addEventListener("change", event => { if (event.target.name !== "q") { keep(); paint(); } });
  document.addEventListener("click", event => {
    const link = event.target.closest("[data-account]");
    if (!link || !values().length) return;
    keep(`${link.dataset.account}..`);
    drop(key);
  });
  paint();
})();
