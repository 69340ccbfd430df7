// The list: details in place, keys, the viewer's own zone, filters on cells, folding of params.
(() => {
  const rows = document.getElementById("rows");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

  // Show Params -----------------------------------------------------------------
  const toggle = async (link) => {
    const row = link.closest("tr");
    const details = document.getElementById(link.getAttribute("aria-controls"));
    if (details) {
      details.hidden = !details.hidden;
    } else {
      if (link.getAttribute("aria-busy")) return;
      link.setAttribute("aria-busy", "true");
      await htmx.ajax("GET", link.dataset.show, { target: row, swap: "afterend", source: link });
      link.removeAttribute("aria-busy");
      if (!document.getElementById(link.getAttribute("aria-controls"))) return;
    }
    const open = !document.getElementById(link.getAttribute("aria-controls")).hidden;
    row.classList.toggle("open", open);
    link.setAttribute("aria-expanded", String(open));
    link.textContent = open ? link.dataset.open || "Hide Params" : link.dataset.closed || "Show Params";
    link.setAttribute("aria-label", link.getAttribute("aria-label").replace(/^(Show|Hide)/, open ? "Hide" : "Show"));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      toggle(link);
      return;
    }
    const row = event.target.closest("tr.event");
    if (row && !event.target.closest("a, button") && String(getSelection()) === "") {
      row.focus({ preventScroll: true });
      toggle(row.querySelector("[data-show]"));
    }
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "newer" && document.hidden) event.preventDefault(); // nobody looks: nobody asks
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt.closest?.("tr")) earwitness.say(event.detail.xhr.status === 401 || event.detail.xhr.status === 403 ? "You may not see this" : "This could not be loaded. Try again.");
  });

  // Keys ------------------------------------------------------------------------
  const all = () => rows ? [...rows.querySelectorAll("tr.event")] : [];
  const move = (step) => {
    const list = all();
    const at = list.indexOf(document.activeElement.closest?.("tr.event"));
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest" }); }
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") { event.preventDefault(); move(event.key === "j" ? 1 : -1); }
    if (event.key === "Enter" && event.target.matches("tr.event")) { event.preventDefault(); toggle(event.target.querySelector("[data-show]")); }
    if (event.key === "n") document.getElementById("next-page")?.click();
    if (event.key === "p") document.getElementById("previous-page")?.click();
  });

  // The page before: paging goes forward only, but this browser knows where it came from ---------
  const following = document.getElementById("next-page");
  const previous = document.getElementById("previous-page");
  try {
    if (following) sessionStorage.setItem(`earwitness.before.${following.href}`, location.href);
    const before = sessionStorage.getItem(`earwitness.before.${location.href}`);
    if (previous?.hidden && before) { previous.href = before; previous.hidden = false; }
  } catch { /* a browser that keeps nothing has its own way back */ }

  // Times in the viewer's zone --------------------------------------------------
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: own, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  document.addEventListener("mouseover", (event) => {
    const time = event.target.closest?.("time[datetime]");
    if (time && !time.title) time.title = `${format.format(new Date(time.getAttribute("datetime")))} (${own})`;
  });

  // Filters on cells --------------------------------------------------------------
  const tools = document.createElement("span");
  tools.className = "cell-filter";
  tools.innerHTML = '<a class="with" title="Only this"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3.5v9M3.5 8h9"/></svg></a><a class="not" title="Without this"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 8h9"/></svg></a>';
  tools.setAttribute("aria-hidden", "true");
  tools.querySelectorAll("a").forEach((a) => { a.tabIndex = -1; });
  rows?.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("td[data-field]");
    if (!cell || cell.contains(tools)) return;
    const address = new URL(location.href);
    address.searchParams.delete("cursor");
    address.searchParams.set("add", cell.dataset.field);
    address.searchParams.set("value", (cell.querySelector("span") || cell).textContent);
    tools.children[0].href = address.href;
    address.searchParams.set("not", "1");
    tools.children[1].href = address.href;
    cell.append(tools);
  });
  rows?.addEventListener("mouseleave", () => tools.remove());

  // Params: folding, copying one value ----------------------------------------------
  document.addEventListener("click", async (event) => {
    const fold = event.target.closest("[data-fold]");
    if (fold) {
      fold.closest(".params").querySelectorAll("[data-json] details").forEach((d, i) => { d.open = fold.dataset.fold === "none" || i === 0; });
      return;
    }
    const copy = event.target.closest(".cp");
    if (copy) {
      const value = copy.closest(".leaf").querySelector(".s, .n, .w");
      const holder = document.createElement("button");
      holder.dataset.copy = value.matches(".s") ? JSON.parse(value.textContent) : value.textContent;
      holder.hidden = true;
      document.body.append(holder);
      holder.click();
      holder.remove();
    }
  });

  // The search form: presets search at once; fields and text say the same --------------
  const form = document.getElementById("search");
  if (!form) return;
  const box = form.querySelector("#q");
  const was = form.querySelector("[name=was]");
  form.addEventListener("change", (event) => {
    if (event.target.name === "range" && event.target.value !== "custom") form.requestSubmit();
    if (["from", "to"].includes(event.target.id)) form.querySelector("[name=range][value=custom]").checked = true;
    if (event.target.name?.startsWith("f.")) keepStep("fields");
    if (event.target === box) keepStep("text");
  });
  let asked = 0;
  const keepStep = async (changed) => {
    const ticket = ++asked;
    const data = new URLSearchParams(new FormData(form));
    data.set("changed", changed);
    let said;
    try { said = await (await fetch(`${form.dataset.text}?${data}`, { headers: { Accept: "application/json" } })).json(); } catch { return; }
    if (ticket !== asked || said.mistake) return;
    if (box !== document.activeElement) box.value = said.q;
    was.value = said.q;
    for (const [name, value] of Object.entries(said.fields)) {
      const input = form.elements[`f.${name}`];
      if (input && input !== document.activeElement) input.value = value;
    }
  };
  form.addEventListener("submit", () => form.classList.add("searching"));
})();
