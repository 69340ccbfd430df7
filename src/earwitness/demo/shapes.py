"""The shapes of generated params and request URIs: what each kind of event carries, as JSON text."""

from collections.abc import Callable
from dataclasses import dataclass

from earwitness.demo.vocabulary import CODECS, QUEUES, REASONS, REPORTS, STATES, STRATEGIES, TIME_ZONES


@dataclass(slots=True)
class Draw:
    """The chances that fell to one row: who, when, on which queue, and ``dice``, 14 integers from 0 to 2**30 - 1."""

    event: str
    sub_event: str
    source: str
    rank: int
    username: str
    ms: int
    created: str
    queue: str
    extension: int
    call_id: str
    session: str
    user_agent: str
    caller: str
    callee: str
    dice: list[int]

    @property
    def state(self) -> str:
        """The agent's state after the event."""
        return self.sub_event if self.sub_event in STATES else STATES[self.dice[9] % 7]


def _state(d: Draw) -> tuple[str, str]:
    n = d.dice
    since = f"{d.created[:11]}{n[10] % 24:02d}:{n[11] % 60:02d}:{n[12] % 60:02d}Z"
    call = f',"last_call":{{"call_id":"{d.call_id}","caller":"{d.caller}"}}' if n[11] % 10 < 4 else ""
    client = f',"client":{{"ua":"{d.user_agent}","version":"4.{n[12] % 14}.{n[13] % 9}"}}' if n[13] % 10 < 5 else ""
    params = (
        f'{{"agent":{{"ext":"{d.extension}","name":"{d.username}","queue":"{d.queue}"}},'
        f'"before":{{"status":"{STATES[n[8] % 7]}","reason":{REASONS[n[9] % 7]},"since":"{since}"}},'
        f'"after":{{"status":"{d.state}","reason":{REASONS[n[10] % 7]},"since":"{d.created}"}},'
        f'"session":"{d.session}"{call}{client}}}'
    )
    return params, f"/api/v2/agents/{d.extension}/state?queue={d.queue}&ts={d.ms}"


def _call(d: Draw) -> tuple[str, str]:
    n = d.dice
    states = f',"before":{{"status":"{STATES[n[8] % 7]}"}},"after":{{"status":"{STATES[n[13] % 7]}"}}'
    target = f',"transfer":{{"to":"{QUEUES[n[9] % 10]}-{n[10] % 24}","ext":"{1000 + n[11] % 2900}"}}'
    client = f',"client":{{"ua":"{d.user_agent}"}}' if n[12] % 10 < 3 else ""
    params = (
        f'{{"call_id":"{d.call_id}","direction":"{"inbound" if n[8] % 4 else "outbound"}","caller":"{d.caller}",'
        f'"callee":"{d.callee}","queue":"{d.queue}","agent":{{"ext":"{d.extension}","status":"{d.state}"}},'
        f'"channel":"PJSIP/{d.extension}-{n[9] & 0xFFFFFF:08x}","duration":{n[10] % 1800},"hold":{n[11] % 240},'
        f'"codec":"{CODECS[n[12] % 4]}"{states if n[13] % 10 < 3 else ""}'
        f"{target if d.sub_event.startswith('transfer') else ''}{client}}}"
    )
    if d.source == "pbx":
        return params, ""
    return params, f"/api/v2/calls/{d.call_id}/{d.sub_event}?agent={d.extension}&queue={d.queue}&sid={d.session[:8]}"


def _login(d: Draw) -> tuple[str, str]:
    n = d.dice
    params = (
        f'{{"method":"{("password", "sso", "api_key", "sip")[n[8] % 4]}","mfa":{"true" if n[9] % 3 == 0 else "false"},'
        f'"session":"{d.session}","client":{{"ua":"{d.user_agent}","version":"4.{n[10] % 14}.{n[11] % 9}",'
        f'"tz":"{TIME_ZONES[d.rank % 4]}"}},"ext":"{d.extension}","ttl":{(3600, 28800, 86400)[n[12] % 3]}}}'
    )
    return params, f"/auth/{d.sub_event}?next=%2Fworkspace%2F{d.extension}&client_id=aw-{n[13] % 12}"


def _report(d: Draw) -> tuple[str, str]:
    n = d.dice
    day = d.created[:10]
    report = REPORTS[n[8] % 8]
    caller = f',"caller":"{d.caller}"' if n[11] % 10 < 3 else ""
    params = (
        f'{{"report":"{report}","filters":{{"from":"{day}T00:00:00Z","to":"{day}T23:59:59Z",'
        f'"queues":["{d.queue}","{QUEUES[n[9] % 10]}-{n[9] // 10 % 24}"],'
        f'"agents":["{1000 + n[10] % 2900}","{d.extension}"]{caller}}},'
        f'"format":"{("html", "csv", "xlsx", "pdf")[n[12] % 4]}","rows":{n[13] % 50000},"ms":{n[11] % 9000},'
        f'"client":{{"ua":"{d.user_agent}"}}}}'
    )
    return params, f"/stats/{report}/{d.sub_event}?from={day}&to={day}&queue={d.queue}&page={n[13] % 20}"


def _config(d: Draw) -> tuple[str, str]:
    n = d.dice
    rest = f'"wrapup":{n[10] % 30},"maxlen":{{}},"announce":"custom/{QUEUES[n[12] % 10]}","did":"{d.callee}"'
    before, after = rest.format(n[11] % 200), rest.format(n[12] % 200)
    params = (
        f'{{"before":{{"name":"{d.queue}","strategy":"{STRATEGIES[n[8] % 6]}","timeout":{n[9] % 60},{before}}},'
        f'"after":{{"name":"{d.queue}","strategy":"{STRATEGIES[n[9] % 6]}","timeout":{n[10] % 60},{after}}},'
        f'"changed":["strategy","timeout","maxlen"],"session":"{d.session}","client":{{"ua":"{d.user_agent}"}}}}'
    )
    return params, f"/admin/{d.event}/{d.sub_event}?id={n[13] % 4000}&tab={n[12] % 6}"


SHAPES: dict[str, Callable[[Draw], tuple[str, str]]] = {
    "state": _state,
    "call": _call,
    "login": _login,
    "report": _report,
    "config": _config,
}
