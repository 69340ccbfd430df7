// The strip "now": follows the server's events and lets the durations tick.
(() => {
  "use strict";
  const strip = document.getElementById("now");
  if (!strip) return;
  const tick = () => {
    for (const time of strip.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Number(time.dataset.since)) / 1000));
      const minutes = Math.floor(seconds / 60);
      time.textContent = `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    }
  };
  tick();
  setInterval(tick, 1000);
  if (!window.EventSource) return;
  const source = new EventSource(strip.dataset.live);
  source.addEventListener("now", (event) => {
    strip.innerHTML = event.data; // markup of our own server, every value in it escaped there
    tick();
  });
  window.addEventListener("pagehide", () => source.close());
})();
