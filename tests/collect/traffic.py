"""AMI traffic of situations that no recording holds, with the fields and the order that the recordings show."""

from dataclasses import dataclass, field

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.cdr import Cdr
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.replay import segments
from earwitness.collect.sink import Found
from earwitness.model import times
from earwitness.model.segment import Segment

T0 = 1_795_000_000.0
SECOND = 1_000_000
STATES = {"0": "Down", "4": "Ring", "5": "Ringing", "6": "Up"}


@dataclass
class Leg:
    """One channel, with the fields that every event about it shows."""

    name: str
    uniqueid: str
    linkedid: str
    number: str = ""
    person: str = ""
    connected: str = ""
    connected_person: str = ""
    exten: str = "s"
    state: str = "6"

    def fields(self, prefix: str = "") -> list[tuple[str, str]]:
        values = {
            "Channel": self.name,
            "ChannelState": self.state,
            "ChannelStateDesc": STATES[self.state],
            "CallerIDNum": self.number or "<unknown>",
            "CallerIDName": self.person or "<unknown>",
            "ConnectedLineNum": self.connected or "<unknown>",
            "ConnectedLineName": self.connected_person or "<unknown>",
            "Exten": self.exten,
            "Uniqueid": self.uniqueid,
            "Linkedid": self.linkedid,
        }
        return [(prefix + key, value) for key, value in values.items()]


PEOPLE = {"1001": "Ana Pop", "1002": "Bob Lee", "2001": "Maria Manager", "2002": "Nick Boss", "2003": "Olga Lead"}


@dataclass
class Traffic:
    """Write what happens; then ``found`` or ``heard`` what the collector makes of it."""

    now: float = T0
    lines: list[tuple[int, str]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    legs: int = 0
    bridges: int = 0

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def event(self, name: str, *headers: tuple[str, str]) -> None:
        text = "".join(f"{key}: {value}\r\n" for key, value in (("Event", name), *headers))
        self.lines.append((round(self.now * SECOND), text + "\r\n"))

    def leg(self, device: str, *, state: str, linkedid: str = "", **fields: str) -> Leg:
        """A channel comes into being; a device with digits shows its own number and name."""
        uniqueid = f"{int(self.now)}.{self.legs}"
        name = device if ";" in device else f"{device}-{self.legs:08x}"
        own = device.rpartition("/")[2]
        self.legs += 1
        fields = {"number": own if own in PEOPLE else "", "person": PEOPLE.get(own, ""), **fields}
        leg = Leg(name=name, uniqueid=uniqueid, linkedid=linkedid or uniqueid, state=state, **fields)
        self.event("Newchannel", *leg.fields())
        return leg

    def up(self, leg: Leg) -> None:
        leg.state = "6"
        self.event("Newstate", *leg.fields())

    def dial(self, caller: Leg, called: Leg, string: str) -> None:
        self.event("DialBegin", *caller.fields(), *called.fields("Dest"), ("DialString", string))

    def bridge(self, *legs: Leg) -> str:
        self.bridges += 1
        name = f"{self.bridges:08x}-0000-0000-0000-000000000000"
        for leg in legs:
            self.enter(leg, name)
        return name

    def enter(self, leg: Leg, bridge: str) -> None:
        self.event("BridgeEnter", ("BridgeUniqueid", bridge), *leg.fields())

    def leave(self, leg: Leg, bridge: str) -> None:
        self.event("BridgeLeave", ("BridgeUniqueid", bridge), *leg.fields())

    def hangup(self, leg: Leg, *, asked: bool = True) -> None:
        if asked:
            self.event("HangupRequest", *leg.fields())
        self.event("Hangup", *leg.fields(), ("Cause", "16"))

    def inbound(self, agent: str = "1001", *, ring: float = 0.3, customer: str = "0722000001") -> tuple[Leg, Leg, str]:
        """A customer calls through the trunk and an agent answers; return both legs and their bridge."""
        outside = self.leg("PJSIP/trunk", state="4", number=customer, person="Ion Client", exten=f"800{agent}")
        inside = self.ring(outside, agent)
        self.wait(ring)
        self.answer(outside, inside)
        return outside, inside, self.bridge(inside, outside)

    def ring(self, outside: Leg, agent: str) -> Leg:
        inside = self.leg(f"PJSIP/{agent}", state="0", linkedid=outside.linkedid)
        inside.connected, inside.connected_person = outside.number, outside.person
        self.dial(outside, inside, agent)
        inside.state = "5"
        self.event("Newstate", *inside.fields())
        return inside

    def answer(self, outside: Leg, inside: Leg) -> None:
        self.up(inside)
        outside.connected, outside.connected_person = inside.number, inside.person
        self.event("DialEnd", *outside.fields(), *inside.fields("Dest"), ("DialStatus", "ANSWER"))
        self.up(outside)

    def manager(self, data: str, *, number: str = "2001", application: str = "ChanSpy") -> Leg:
        """A manager dials a feature code that runs a spying application."""
        spyer = self.leg(f"PJSIP/{number}", state="4", exten="*22")
        self.application(spyer, application, data)
        self.up(spyer)
        return spyer

    def application(self, leg: Leg, application: str, data: str = "") -> None:
        self.event("Newexten", *leg.fields(), ("Extension", leg.exten), ("Application", application), ("AppData", data))

    def start(self, spyer: Leg, spyee: Leg) -> None:
        self.event("ChanSpyStart", *spyer.fields("Spyer"), *spyee.fields("Spyee"))

    def stop(self, spyer: Leg, spyee: Leg | None) -> None:
        self.event("ChanSpyStop", *spyer.fields("Spyer"), *(spyee.fields("Spyee") if spyee else []))

    def key(self, leg: Leg, digit: str, direction: str = "Received") -> None:
        self.event("DTMFEnd", *leg.fields(), ("Digit", digit), ("DurationMs", "100"), ("Direction", direction))

    def spy(self, data: str, spyee: Leg, **options: str) -> Leg:
        spyer = self.manager(data, **options)
        self.wait(0.1)
        self.start(spyer, spyee)
        return spyer

    def leave_spying(self, spyer: Leg, spyee: Leg) -> None:
        """The manager hangs up, as in every recording: request, Stop, Hangup."""
        self.event("HangupRequest", *spyer.fields())
        self.stop(spyer, spyee)
        self.hangup(spyer, asked=False)

    def line_breaks(self) -> None:
        """The connection ends here; what comes next is heard on a new one."""
        self.breaks.append(len(self.lines))

    def signed_in(self, uptime: int) -> None:
        self.lines.append((round(self.now * SECOND), "Response: Success\r\nMessage: Authentication accepted\r\n\r\n"))
        self.event("FullyBooted", ("Privilege", "system,all"), ("Uptime", str(uptime)))

    def listed(self, *channels: tuple[Leg, str, str, int]) -> None:
        """The answer to CoreShowChannels: (leg, application, data, age in seconds)."""
        for leg, application, data, age in channels:
            fields = [("Application", application), ("ApplicationData", data), ("Duration", f"00:00:{age:02d}")]
            self.event("CoreShowChannel", ("ActionID", "list"), *leg.fields(), *fields)
        self.event("CoreShowChannelsComplete", ("ActionID", "list"))

    def found(self, cdrs: tuple[Cdr, ...] = (), **options: object) -> list[Found]:
        found: list[Found] = []
        collector = Collector(found.append, pbx="test", cdrs=cdrs, **options)
        for number, (us, text) in enumerate(self.lines):
            if number in self.breaks:
                collector.lost(us)
            collector.feed(ami.message(text), us)
        collector.stopped(round(self.now * SECOND))
        return found

    def heard(self, cdrs: tuple[Cdr, ...] = ()) -> list[Segment]:
        return list(segments(self.found(cdrs)))

    def rows(self) -> list[tuple[str, str, str, str, float, float]]:
        """(manager, action, talks_to, agent, start, end): start and end in seconds, a hundredth exact."""
        return [
            (s.manager.extension, s.action, s.talks_to, s.agent.extension, since(s.started_at), since(s.ended_at))
            for s in self.heard()
        ]


def since(moment) -> float:
    return round(times.to_us(moment) / SECOND - T0, 2)
