"""Who is behind a channel: the manager who spies, the agent who is spied on, the customer on the other side.

A channel's caller id can be anything that an application said, so the endpoint in the channel's name comes first. A spy
may land on either leg of a call, so the legs are told apart: an agent's device is an endpoint that was heard under
its own extension, is a member of a queue, or is called by a short number; anything else is the outside.
"""

from typing import NamedTuple

from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.channels import DOWN, Channel, known, split_name
from earwitness.model.segment import AGENT, CUSTOMER, Person

MAX_KNOWN = 50_000
LONGEST_EXTENSION = 6  # digits; longer numbers count as an extension only where the switch showed them to be one
MAX_HOPS = 6


class Parties(NamedTuple):
    """The two sides of a call that is spied on. ``target`` says whose leg it is: what a whisper into it reaches."""

    agent: Person
    customer_number: str
    target: str


class Directory:
    """Extensions and names learned from the wire: device -> extension, extension -> name."""

    def __init__(self) -> None:
        self._extensions: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._member_names: dict[str, str] = {}

    def created(self, channel: Channel, state: str) -> None:
        """Learn from a new channel: one that the switch calls bears the caller id configured for its device."""
        number = channel.number
        if not number or channel.tech in ("Local", "Snoop"):
            return
        if number == channel.endpoint or (state == DOWN and len(number) <= LONGEST_EXTENSION):
            _remember(self._extensions, channel.endpoint, number)
        if number == self._extensions.get(channel.endpoint) and channel.person:
            _remember(self._names, number, channel.person)

    def member(self, message: Message) -> None:
        """Learn from a queue's member: its device, its extension and its name."""
        name = known(message.get("MemberName") or message.get("Name"))
        extensions = []
        for header in ("StateInterface", "Interface", "Location"):
            tech, endpoint = split_name(message.get(header).partition("/n")[0])
            number = endpoint.partition("@")[0]
            if number.isdigit():
                extensions.append(number)
                if tech != "Local":
                    _remember(self._extensions, endpoint, number)
        if extensions and name and "/" not in name:
            _remember(self._member_names, extensions[0], name)

    def extension(self, channel: Channel) -> str:
        """Return the extension of the device behind a channel, or the empty text if it is not known to be one."""
        endpoint = channel.endpoint
        if channel.tech in ("Local", "Snoop"):
            number = endpoint.partition("@")[0]
            return number if channel.tech == "Local" and number.isdigit() and self.is_extension(number) else ""
        learned = self._extensions.get(endpoint, "")
        if learned:
            return learned
        if endpoint.isdigit() and len(endpoint) <= LONGEST_EXTENSION:
            return endpoint
        number = channel.number
        return number if number and len(number) <= LONGEST_EXTENSION and number in endpoint else ""

    def is_extension(self, number: str) -> bool:
        short = number.isdigit() and len(number) <= LONGEST_EXTENSION
        return short or number in self._names or number in self._member_names

    def tables(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return what was learned: device -> extension, extension -> name, extension -> name as a queue's member."""
        return self._extensions, self._names, self._member_names

    def learn_tables(self, extensions: dict[str, str], names: dict[str, str], member_names: dict[str, str]) -> None:
        """Take over what was learned before."""
        self._extensions.update(extensions)
        self._names.update(names)
        self._member_names.update(member_names)

    def name(self, extension: str) -> str:
        return self._names.get(extension) or self._member_names.get(extension, "")


def manager(directory: Directory, spyer: Channel) -> Person:
    """Return the person who listens through a spying channel; for a Local one the phone behind it."""
    phone = behind(spyer)
    extension = directory.extension(phone) or _outside(phone) or (phone.endpoint if phone.tech != "Snoop" else "")
    return _person(directory, phone, extension)


def parties(directory: Directory, spyee: Channel) -> Parties:
    """Return agent and customer of the call to which the spied-on channel belongs.

    A phone that rings is not yet an agent in the call: on the other side counts who is bridged, or shown as connected.
    """
    far = behind(spyee)
    own = directory.extension(far)
    if own:
        return Parties(_person(directory, far, own), _customer_of(spyee, far), AGENT)
    near = behind(spyee.partner) if spyee.partner else None
    other = directory.extension(near) if near else ""
    if near is not None and other:
        return Parties(_person(directory, near, other), _outside(far) or spyee.number, CUSTOMER)
    if directory.is_extension(spyee.connected):
        name = spyee.connected_person or directory.name(spyee.connected)
        return Parties(Person(name=_clean(name), extension=spyee.connected), _outside(far) or spyee.number, CUSTOMER)
    if far.dialled_in is False or directory.is_extension(far.number):
        return Parties(_person(directory, far, far.number or far.endpoint), _customer_of(spyee, far), AGENT)
    return Parties(Person(), _outside(far), CUSTOMER)  # a caller from outside who is not yet connected with anybody


def _customer_of(spyee: Channel, far: Channel) -> str:
    """The number of the other side of an agent's leg."""
    near = behind(spyee.peer) if spyee.peer else None
    told_by_application = spyee.originated and spyee.connected == spyee.number
    connected = "" if told_by_application or (near is not None and near.originated) else spyee.connected
    return connected or (_outside(near) if near else "") or spyee.connected or far.connected or spyee.dialled


def _outside(leg: Channel) -> str:
    """The number of who is at a leg. One that an application had called bears what the application said: there the
    number that was called counts, in the form of the other if it is the same but for a prefix."""
    if not leg.called.isdigit() or (leg.number and not leg.originated):
        return leg.number
    return leg.number if leg.number and leg.called.endswith(leg.number) else leg.called


def behind(channel: Channel) -> Channel:
    """Return the real channel behind a Local one, through any number of them; any other channel as it is."""
    for _ in range(MAX_HOPS):
        if channel.tech != "Local" or channel.twin is None or channel.twin.peer is None:
            break
        channel = channel.twin.peer
    return channel


def started_by_application(spyer: Channel) -> bool | None:
    """Say whether an application had the spying channel called; None where its creation was not heard."""
    phone = behind(spyer)
    if spyer.tech == "Snoop" or spyer.originated or phone.originated:
        return True
    if phone.called_by_phone:
        return False  # somebody called it and transferred it to the spying application
    return None if phone.dialled_in is None else not phone.dialled_in


def _person(directory: Directory, channel: Channel, extension: str) -> Person:
    name = directory.name(extension)
    if channel.person and channel.number == extension:
        name = channel.person
    return Person(name=_clean(name), extension=_clean(extension), channel=_clean(channel.name))


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")


def _remember(table: dict[str, str], key: str, value: str) -> None:
    if table.get(key) != value:
        table[key] = value
        if len(table) > MAX_KNOWN:
            del table[next(iter(table))]
