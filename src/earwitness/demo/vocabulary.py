"""What the generated contact centre talks about: events, people, networks, queues. Plain tables."""

from typing import NamedTuple


class Kind(NamedTuple):
    """One event of the vocabulary.

    weight: share of all events; source: who reports it; object_kind: what stands before the colon of Event Object;
    template: which shape of params (see ``shapes``); sub_events: sub event -> share within the event.
    """

    weight: float
    source: str
    object_kind: str
    template: str
    sub_events: dict[str, int]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _shares(text: str) -> dict[str, int]:
    return {name: int(share) for name, share in (part.split("=") for part in text.split())}


EVENTS = {
    # the agent workspace
    "agent_state": Kind(
        21.0,
        "agent_workspace",
        "agent",
        "state",
        _shares("available=30 busy=22 paused=14 wrapup=22 offline=6 lunch=4 training=2"),
    ),
    "call": Kind(
        26.0,
        "agent_workspace",
        "cdr",
        "call",
        _shares("answer=34 hangup=34 hold=9 unhold=9 transfer_blind=4 transfer_attended=3 conference=1 dtmf=4 mute=2"),
    ),
    "session": Kind(
        5.0, "agent_workspace", "agent", "login", _shares("login=40 logout=38 login_failed=6 token_refresh=14 locked=2")
    ),
    "disposition": Kind(7.0, "agent_workspace", "cdr", "call", _shares("set=80 change=15 clear=5")),
    "note": Kind(2.5, "agent_workspace", "cdr", "call", _shares("add=80 edit=15 delete=5")),
    "callback": Kind(1.2, "agent_workspace", "cdr", "call", _shares("schedule=60 complete=30 cancel=10")),
    "chat": Kind(1.3, "agent_workspace", "agent", "state", _shares("accept=50 close=45 transfer=5")),
    # the management application
    "report": Kind(6.0, "pbx_stats", "report", "report", _shares("view=80 export=12 schedule=4 delete=1 share=3")),
    "recording": Kind(3.0, "pbx_stats", "cdr", "report", _shares("play=70 download=18 share=5 delete=2 tag=5")),
    "realtime": Kind(3.0, "pbx_stats", "queue", "report", _shares("view=90 spy=6 whisper=3 barge=1")),
    "user_session": Kind(2.0, "pbx_stats", "user", "login", _shares("login=50 logout=45 login_failed=5")),
    "queue_config": Kind(0.4, "pbx_stats", "queue", "config", _shares("update=70 create=12 delete=5 pause=13")),
    "user_admin": Kind(0.3, "pbx_stats", "user", "config", _shares("update=60 create=20 delete=10 reset_password=10")),
    "role": Kind(0.05, "pbx_stats", "role", "config", _shares("grant=60 revoke=40")),
    "agent_config": Kind(0.5, "pbx_stats", "agent", "config", _shares("update=80 create=15 delete=5")),
    "ivr": Kind(0.1, "pbx_stats", "ivr", "config", _shares("update=90 publish=10")),
    "trunk": Kind(0.06, "pbx_stats", "trunk", "config", _shares("update=70 create=20 delete=10")),
    "campaign": Kind(0.3, "pbx_stats", "campaign", "config", _shares("update=60 start=20 stop=20")),
    "api_key": Kind(0.03, "pbx_stats", "user", "config", _shares("create=50 revoke=50")),
    "settings": Kind(0.06, "pbx_stats", "settings", "config", _shares("update=100")),
    # the telephone system itself
    "queue_call": Kind(
        11.0, "pbx", "queue", "call", _shares("join=40 connect=34 abandon=6 complete=18 exit_timeout=2")
    ),
    "queue_member": Kind(5.0, "pbx", "queue", "state", _shares("add=20 remove=20 pause=30 unpause=30")),
    "registration": Kind(3.0, "pbx", "ext", "login", _shares("register=60 unregister=30 rejected=10")),
    "trunk_state": Kind(0.2, "pbx", "trunk", "state", _shares("reachable=50 unreachable=40 lagged=10")),
    "dialplan": Kind(0.05, "pbx", "ivr", "config", _shares("reload=100")),
}
PAIRS = tuple((event, sub_event) for event, kind in EVENTS.items() for sub_event in kind.sub_events)
SOURCES = ("pbx_stats", "agent_workspace", "pbx")

HOURS = tuple(
    map(
        float,
        _words(".04 .03 .02 .02 .02 .04 .12 .45 .95 1.15 1.2 1.1 .9 .95 1.1 1.1 1.0 .8 .45 .3 .22 .15 .1 .06"),
    )
)
WEEKDAYS = (1.15, 1.05, 1.0, 1.0, 0.95, 0.28, 0.14)  # Monday first

FIRST_NAMES = _words(
    "ana ben carla dev elena farid grace hugo ines jamal kira liam maria noor omar paula quinn rosa samir "
    "tess uma victor wendy xavi yara zane"
)
LAST_NAMES = _words(
    "martinez smith okafor nguyen rossi kim silva kumar jones garcia haddad novak larsen dubois weber "
    "costa ali brown park ivanov moreau sato adeyemi cruz reid"
)
DESKS = ("Support", "Sales", "Billing", "Retention", "Claims", "Tier 2")
QUEUES = ("support", "sales", "billing", "retention", "emergency", "vip", "claims", "spanish", "tier2", "outbound")
STATES = ("available", "busy", "paused", "wrapup", "offline", "lunch", "training")
REASONS = ("null", '"call"', '"break"', '"coaching"', '"after call work"', '"manual"', '"system"')  # JSON texts
STRATEGIES = ("ringall", "rrmemory", "leastrecent", "fewestcalls", "random", "linear")
CODECS = ("ulaw", "alaw", "opus", "g722")
REPORTS = _words(
    "agent_performance queue_sla abandoned_calls answered_calls call_detail hourly_distribution "
    "disposition_summary agent_availability"
)
COUNTRY_CODES = ("+1", "+1", "+1", "+44", "+49", "+34", "+52", "+61")
TIME_ZONES = ("America/New_York", "Europe/London", "Europe/Madrid", "Asia/Manila")
COMMENTS = (
    "Customer asked to be called back tomorrow morning",
    "Changed on request of the shift supervisor",
    "Ticket escalated to tier 2, waiting for the engineer",
    "Caller disconnected before verification",
    "Adjusted staffing for the holiday weekend",
    "Approved by quality team",
    "Wrong number, no further action needed",
    "Customer is upset about the long wait; offered a credit",
    "Temporary change, revert after the campaign ends",
    "Duplicate of the previous call",
)
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{v}.1 Safari/605.1.15",
    "AgentWorkspace/4.{v} (Electron 31; Linux x86_64)",
    "Yealink SIP-T54W 96.86.0.{v}",
    "PBXStats-API/2.{v} python-requests/2.32",
)
USER_AGENTS = tuple(_BROWSERS[(0, 0, 0, 1, 2, 3, 3, 4, 5)[k % 9]].format(v=118 + k % 17) for k in range(48))


def username(rank: int) -> str:
    """Return the name of the user at this rank; rank 0 acts most often."""
    mixed = (rank * 2654435761) & 0xFFFFFFFF
    return f"{FIRST_NAMES[mixed % len(FIRST_NAMES)]}.{LAST_NAMES[(mixed >> 8) % len(LAST_NAMES)]}{rank}"


USERS = tuple(username(rank) for rank in range(3000))


def desk(rank: int) -> str:
    """Return the desk of the user at this rank."""
    return DESKS[rank % len(DESKS)]


def office_network(k: int) -> str:
    """Return the first three octets of one of 60 office networks."""
    return f"10.{20 + k // 8}.{k % 8 + 1}."


def home_network(k: int) -> str:
    """Return the first three octets of one of 2,000 networks of people who work from home."""
    return f"203.{k // 250}.{k % 250}."
