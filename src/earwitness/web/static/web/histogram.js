// The histogram: what a column means while the pointer is on it, arrow keys between columns, dragging to narrow the range.
(() => {
  const section = document.querySelector("[data-histogram]");
  if (!section) return;
  const bars = () => [...section.querySelectorAll("a.bar")];
  const say = (text) => {
    const readout = section.querySelector("[data-readout]");
    if (!readout) return;
    readout.textContent = text || "";
    readout.hidden = !text;
    section.querySelector("[data-readout-rest]").hidden = Boolean(text);
  };
  const name = (event) => event.target.closest?.("a.bar")?.getAttribute("aria-label");
  section.addEventListener("mouseover", (event) => { if (!drag) say(name(event)); });
  section.addEventListener("mouseleave", () => say(""));
  section.addEventListener("focusin", (event) => say(name(event)));
  section.addEventListener("focusout", () => say(""));

  // One tab stop; arrows walk.
  const settle = () => bars().forEach((bar, i) => bar.setAttribute("tabindex", i ? "-1" : "0"));
  section.addEventListener("htmx:afterSettle", settle);
  settle();
  section.addEventListener("keydown", (event) => {
    const list = bars();
    const at = list.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (at < 0 || to === undefined || !list[to]) return;
    event.preventDefault();
    list.forEach((bar) => bar.setAttribute("tabindex", "-1"));
    list[to].setAttribute("tabindex", "0");
    list[to].focus();
  });

  // Dragging.
  let drag = null;
  const format = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
  section.addEventListener("pointerdown", (event) => {
    const plot = event.target.closest("[data-plot]");
    if (!plot || event.button !== 0 || event.pointerType === "touch") return;
    const area = plot.getBoundingClientRect();
    drag = { plot, area, from: event.clientX, brush: null };
  });
  section.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("pointermove", (event) => {
    if (!drag || (!drag.brush && Math.abs(event.clientX - drag.from) < 5)) return;
    if (!drag.brush) { drag.brush = document.createElement("div"); drag.brush.className = "brush"; drag.plot.append(drag.brush); }
    const clamp = (x) => Math.min(Math.max(x - drag.area.left, 0), drag.area.width);
    const [a, b] = [clamp(drag.from), clamp(event.clientX)].sort((m, n) => m - n);
    drag.brush.style.left = `${a}px`;
    drag.brush.style.width = `${b - a}px`;
    const start = Number(drag.plot.dataset.start), span = Number(drag.plot.dataset.end) - start;
    drag.range = [start + (span * a) / drag.area.width, start + (span * b) / drag.area.width].map((ms) => Math.round(ms / 1000) * 1000);
    say(`${format(drag.range[0])} to ${format(drag.range[1])}`);
  });
  document.addEventListener("pointerup", () => {
    if (drag?.brush && drag.range && drag.range[1] > drag.range[0]) {
      const address = new URL(drag.plot.dataset.url, location.href);
      address.searchParams.set("from", format(drag.range[0]));
      address.searchParams.set("to", format(drag.range[1]));
      section.addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
      setTimeout(() => location.assign(address), 0);
    }
    drag?.brush?.remove();
    drag = null;
  });
})();
