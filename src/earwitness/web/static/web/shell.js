// The frame: appearance, pop-overs, sheets, copying, keys that work on every page.
(() => {
  const root = document.documentElement;
  const keep = (name, value) => { try { value ? localStorage.setItem("earwitness." + name, value) : localStorage.removeItem("earwitness." + name); } catch { /* private windows keep nothing */ } };

  // Appearance ---------------------------------------------------------------
  const choices = document.querySelectorAll("[data-theme-choice]");
  const showTheme = () => choices.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.themeChoice === (root.dataset.theme || "system"))));
  choices.forEach((button) => button.addEventListener("click", () => {
    const choice = button.dataset.themeChoice;
    if (choice === "system") delete root.dataset.theme; else root.dataset.theme = choice;
    keep("theme", choice === "system" ? "" : choice);
    showTheme();
  }));
  showTheme();

  // The menu as icons alone -----------------------------------------------------
  const fold = document.querySelector("[data-fold-nav]");
  const showFold = () => {
    fold.setAttribute("aria-pressed", String(root.dataset.nav === "closed"));
    document.querySelectorAll(".side .menu .item, [data-fold-nav]").forEach((item) => { item.title = root.dataset.nav === "closed" ? item.textContent.trim() : ""; });
  };
  fold?.addEventListener("click", () => {
    if (root.dataset.nav === "closed") delete root.dataset.nav; else root.dataset.nav = "closed";
    keep("nav", root.dataset.nav || "");
    showFold();
  });
  if (fold) showFold();

  // Panels that a person opens or closes for good -----------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle-panel]");
    if (!button) return;
    const name = button.dataset.togglePanel;
    const panel = document.getElementById(button.getAttribute("aria-controls"));
    const open = getComputedStyle(panel).display === "none";
    root.dataset[name] = open ? "open" : "closed";
    keep(name, root.dataset[name]);
    button.setAttribute("aria-expanded", String(open));
  });
  document.querySelectorAll("[data-toggle-panel]").forEach((button) => {
    const panel = document.getElementById(button.getAttribute("aria-controls"));
    button.setAttribute("aria-expanded", String(Boolean(panel) && getComputedStyle(panel).display !== "none"));
  });

  // Pop-overs -----------------------------------------------------------------
  const openPops = () => document.querySelectorAll("details[data-pop][open]");
  document.addEventListener("click", (event) => openPops().forEach((pop) => { if (!pop.contains(event.target)) pop.open = false; }));
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-pop]") && event.target.open) openPops().forEach((pop) => { if (pop !== event.target && !pop.contains(event.target)) pop.open = false; });
  }, true);

  // What scrolls by itself can be scrolled by keyboard ---------------------------------
  const reachable = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const scrolls = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (scrolls) target.tabIndex = 0; else target.removeAttribute("tabindex");
  }));
  const observe = (root) => root.querySelectorAll(".scroll").forEach((box) => reachable.observe(box));
  observe(document);
  document.addEventListener("htmx:afterSettle", (event) => observe(event.target));

  // Parts of a page that could not be loaded say so, and can be asked for again -----------------
  const failed = ({ detail: { elt: part } }) => {
    if (!part.hasAttribute?.("hx-get") || part.id === "newer") return; // the next turn of that one asks again by itself
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button small";
    again.textContent = "Try again";
    again.addEventListener("click", () => htmx.ajax("GET", part.getAttribute("hx-get"), { source: part, target: part, swap: part.getAttribute("hx-swap") || "innerHTML" }));
    const said = document.createElement("span");
    said.className = "failed";
    said.setAttribute("role", "alert");
    said.append("This could not be loaded. ", again);
    part.replaceChildren(said);
  };
  for (const kind of ["responseError", "sendError", "timeout"]) document.addEventListener(`htmx:${kind}`, failed);

  // Sheets --------------------------------------------------------------------
  const openSheet = (id) => { const sheet = document.getElementById(id); if (sheet && !sheet.open) sheet.showModal(); };
  document.addEventListener("click", async (event) => {
    const far = event.target.closest("[data-sheet-from]");
    if (far && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!document.getElementById("far-sheet")) {
        const answer = await fetch(far.dataset.sheetFrom, { headers: { "HX-Request": "true" } });
        if (!answer.ok) { location.assign(far.href); return; }
        document.body.insertAdjacentHTML("beforeend", await answer.text());
      }
      openSheet("far-sheet");
      return;
    }
    const opener = event.target.closest("[data-open-sheet]");
    if (opener) openSheet(opener.dataset.openSheet);
    if (event.target.matches?.("dialog.sheet")) event.target.close();
  });

  // Toast and copying -----------------------------------------------------------
  const toast = document.getElementById("toast");
  let fading;
  const say = (text) => {
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(fading);
    fading = setTimeout(() => toast.classList.remove("shown"), 1800);
  };
  const write = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // plain HTTP inside a company network: no clipboard API there
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("refused");
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    event.preventDefault();
    const source = button.dataset.copyFrom;
    const text = source ? document.getElementById(source).textContent : button.dataset.copy;
    try { await write(button.hasAttribute("data-copy-address") ? new URL(text, location.href).href : text); say("Copied"); } catch { say("Your browser did not allow copying"); }
  });
  window.earwitness = { say, keep };

  // Keys ------------------------------------------------------------------------
  const typing = (target) => target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      openPops().forEach((pop) => { pop.open = false; if (pop.contains(document.activeElement)) pop.querySelector("summary").focus(); });
      if (location.hash === "#menu") location.hash = "#main";
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (leader && event.timeStamp - leader < 1200) {
      leader = 0;
      const to = { d: "/", a: "/activity" }[event.key];
      if (to && document.querySelector(`.menu a[href="${to}"]`)) location.assign(to);
      return;
    }
    if (event.key === "g") leader = event.timeStamp;
    if (event.key === "?") { event.preventDefault(); openSheet("shortcuts"); }
    if (event.key === "/") {
      const box = document.getElementById("q");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
  });
})();
