// Draws the desk that the server describes, and sends what is pressed. Text from the server never becomes markup.
const by = (id) => document.getElementById(id);
let known = null;
let drawn = "";

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, options);
  return { ok: answer.ok, told: await answer.json() };
}

async function act(name, more = {}) {
  const { ok, told } = await ask("/act", { act: name, ...more });
  by("problem").hidden = ok;
  if (!ok) by("problem").textContent = told.problem;
  await look();
}

async function look() {
  const { told } = await ask("/desk");
  if (!known) begin(told);
  const now = JSON.stringify(told.desk);
  if (now !== drawn) draw(told.desk);
  drawn = now;
  tick(told.desk);
}

function make(tag, text, more = {}) {
  const element = Object.assign(document.createElement(tag), more);
  element.textContent = text;
  return element;
}

function begin(told) {
  known = told;
  by("agents").append(
    ...told.agents.map((name) => make("button", name, { onclick: () => act("login", { username: name }) })),
  );
  for (const [state, label] of Object.entries(told.states)) {
    const button = make("button", label, { onclick: () => act("state", { state }) });
    button.dataset.state = state;
    by("states").append(button);
  }
  by("dispositions").append(
    ...told.dispositions.map((value) => make("button", value, { type: "button", onclick: () => act("disposition", { value }) })),
  );
  by("transfer").append(...told.queues.map((name) => make("option", name, { value: name })));
  by("transfer").onchange = ({ target }) => {
    if (target.value) act("transfer", { to: target.value });
    target.value = "";
  };
  by("note").onsubmit = (event) => {
    event.preventDefault();
    act("note", { text: by("text").value });
    by("text").value = "";
  };
  for (const button of document.querySelectorAll("[data-act]")) button.onclick = () => act(button.dataset.act);
}

function draw(desk) {
  by("sign-in").hidden = Boolean(desk);
  by("desk").hidden = by("who").hidden = !desk;
  if (!desk) return;
  by("name").textContent = `${desk.username}, extension ${desk.extension}`;
  by("pill").textContent = known.states[desk.state];
  by("pill").dataset.state = desk.state;
  for (const button of by("states").children) button.setAttribute("aria-pressed", button.dataset.state === desk.state);
  drawCall(desk);
  drawAfter(desk);
  by("events").replaceChildren(...desk.events.map((receipt) => line(receipt, desk.earwitness)));
}

function drawCall({ call, state }) {
  by("call").hidden = !call;
  by("idle").hidden = Boolean(call);
  by("idle").textContent = state === "available" ? "Waiting for a call…" : "Become available to get calls.";
  if (!call) return;
  const ringing = call.status === "ringing";
  by("customer").textContent = call.name;
  by("number").textContent = call.number;
  by("queue").textContent = `queue ${call.queue}`;
  by("status").textContent = { ringing: "is calling", talking: "talking", held: "on hold" }[call.status];
  by("answer").hidden = !ringing;
  for (const id of ["hold", "transfer", "hangup"]) by(id).disabled = ringing;
  by("hold").textContent = call.status === "held" ? "Resume" : "Hold";
}

function drawAfter({ call, last_call: last }) {
  const subject = call && call.status !== "ringing" ? call : last;
  by("after").disabled = !subject;
  by("subject").textContent = subject ? `the call with ${subject.name}` : "the call";
  for (const button of by("dispositions").children)
    button.setAttribute("aria-pressed", Boolean(subject) && button.textContent === subject.disposition);
  by("notes").replaceChildren(...((subject && subject.notes) || []).map((text) => make("li", text)));
}

function line({ created, status, seq, problem, id, event }, earwitness) {
  const item = document.createElement("li");
  const said = { recorded: `#${seq}`, waiting: "waiting…" }[status] || problem || status;
  const mark =
    status === "recorded"
      ? make("a", said, { href: `${earwitness}/activity?q=id:${id}`, target: "earwitness", title: "Show it in Earwitness" })
      : make("span", said);
  mark.dataset.status = status;
  item.append(
    make("time", new Date(created).toLocaleTimeString([], { hour12: false })),
    make("span", `${event.event} / ${event.sub_event}`),
    mark,
    make("span", event.comments || event.event_object, { className: "about" }),
  );
  return item;
}

function tick(desk) {
  if (!desk || !desk.call) return;
  const seconds = Math.max(0, Math.floor(Date.now() / 1000 - desk.call.since));
  by("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

look();
setInterval(() => document.hidden || look(), 1000);
