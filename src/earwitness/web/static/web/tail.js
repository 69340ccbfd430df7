// The live tail: server-sent events become rows. Paused, they are counted and kept; every value is set as text.
(() => {
  "use strict";
  const state = document.getElementById("state");
  const body = document.getElementById("tail");
  const pause = document.getElementById("pause");
  if (!state || !body || !window.EventSource) return;
  const MOST = 500;
  const COLUMNS = ["created", "username", "user_ip", "event", "sub_event", "event_object", "comments"];
  let paused = false;
  let waiting = [];
  let missed = 0;
  let shown = 0;

  const say = (is, text) => {
    state.dataset.is = is;
    if (state.textContent !== text) state.textContent = text;
  };
  const tell = () => {
    if (paused) say("paused", `Paused. ${(waiting.length + missed).toLocaleString("en")} waiting.`);
    else say("following", shown ? `Following. ${shown.toLocaleString("en")} so far.` : "Following. Nothing so far.");
  };
  const cell = (item, name) => {
    const td = document.createElement("td");
    const text = String(item[name] ?? "");
    if (name === "created") {
      const link = document.createElement("a");
      link.href = `/activity/${encodeURIComponent(item.id)}`;
      link.textContent = text.slice(0, 23).replace("T", " ");
      td.append(link);
    } else {
      td.textContent = text;
      td.title = text;
    }
    return td;
  };
  const show = (item) => {
    const row = document.createElement("tr");
    row.className = "fresh";
    row.append(...COLUMNS.map((name) => cell(item, name)));
    body.prepend(row);
    shown += 1;
    while (body.rows.length > MOST) body.deleteRow(-1);
  };

  const source = new EventSource(state.dataset.source);
  source.addEventListener("open", tell);
  source.addEventListener("record", (event) => {
    const item = JSON.parse(event.data);
    if (paused) {
      waiting.push(item);
      if (waiting.length > MOST) { waiting.shift(); missed += 1; }
    } else show(item);
    tell();
  });
  source.addEventListener("end", (event) => {
    source.close();
    say("broken", JSON.parse(event.data).detail);
  });
  source.addEventListener("error", () => {
    say("broken", source.readyState === EventSource.CLOSED ? "The connection was refused: load the page again." : "The connection broke; it is being made again.");
  });
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) {
      waiting.forEach(show);
      shown += missed;
      waiting = [];
      missed = 0;
    }
    tell();
  });
  document.getElementById("clear").addEventListener("click", () => {
    body.replaceChildren();
    shown = 0;
    tell();
  });
  window.addEventListener("pagehide", () => source.close());
})();
