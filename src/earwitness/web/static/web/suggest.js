// Suggestions under a field: the server knows the names. Arrow keys choose, Enter or Tab takes, Escape leaves.
(() => {
  const list = document.createElement("div");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  document.body.append(list);
  let field = null, ticket = 0, waiting = 0, chosen = -1, stale = false; // stale: the list is about an older text

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    ticket += 1;
    list.hidden = true;
    chosen = -1;
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const all = options();
    if (!all.length || stale) return;
    chosen = (index + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    all[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", all[chosen].id);
  };
  const take = () => {
    const option = options()[chosen];
    if (!option) return;
    const start = Number(option.dataset.start), end = Number(option.dataset.end), text = option.dataset.text;
    field.value = field.value.slice(0, start) + text + field.value.slice(end);
    field.setSelectionRange(start + text.length, start + text.length);
    const more = text.endsWith(":");
    close();
    if (more) ask(); else field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ask = async () => {
    const mine = ++ticket;
    const address = new URL(field.dataset.suggest, location.href);
    address.searchParams.set("field", field.dataset.suggestField || "");
    address.searchParams.set("text", field.value);
    address.searchParams.set("at", field.selectionStart ?? field.value.length);
    let html;
    try { const answer = await fetch(address, { headers: { "HX-Request": "true" } }); html = answer.ok ? await answer.text() : ""; } catch { return; }
    if (mine !== ticket || document.activeElement !== field) return;
    const kept = options()[chosen]?.dataset.text; // chosen while this answer was on its way
    list.innerHTML = html;
    chosen = -1;
    stale = false;
    if (!options().length) return close();
    const place = field.getBoundingClientRect();
    list.style.top = `${place.bottom + scrollY + 5}px`;
    list.style.left = `${Math.min(place.left + scrollX, scrollX + document.documentElement.clientWidth - 240)}px`;
    list.style.minWidth = `${Math.min(Math.max(place.width, 220), 420)}px`;
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    const again = kept === undefined ? -1 : options().findIndex((option) => option.dataset.text === kept);
    if (again >= 0) mark(again);
  };

  document.querySelectorAll("[data-suggest]").forEach((input) => {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", "suggestions");
    input.addEventListener("input", () => { field = input; stale = true; chosen = -1; ticket += 1; clearTimeout(waiting); waiting = setTimeout(ask, 110); });
    input.addEventListener("focus", () => { if (field !== input) close(); field = input; if (input.dataset.suggestField) ask(); });
    input.addEventListener("blur", () => { clearTimeout(waiting); if (field === input) close(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && list.hidden) { field = input; event.preventDefault(); ask(); return; }
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1)); }
      if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) { event.preventDefault(); take(); }
      if (event.key === "Escape") { event.stopPropagation(); close(); }
    });
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) { mark(options().indexOf(option)); take(); }
  });
})();
