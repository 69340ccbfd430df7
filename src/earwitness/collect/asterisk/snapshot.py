"""What is going on, as bytes: so that a session survives a restart of Earwitness.

Taken at any moment; given back before the first message. What was open is then in doubt, as after a broken line, until
the switch has been asked what still lasts. Names learned from the wire are kept too.
"""

import msgspec

from earwitness.collect.asterisk.attachment import Attachment, End, Mark, Mode
from earwitness.collect.asterisk.cdr import Heard
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.hearing import Hearing
from earwitness.collect.asterisk.options import SpyOptions
from earwitness.collect.asterisk.spies import Spies
from earwitness.collect.asterisk.spy import Spy
from earwitness.collect.asterisk.spying import Spying
from earwitness.model.segment import Person

VERSION = 1


class SnapshotError(ValueError):
    """Bytes are no snapshot of this version; the text is one sentence."""


class _Channel(msgspec.Struct, omit_defaults=True):
    uniqueid: str
    name: str
    linkedid: str = ""
    number: str = ""
    person: str = ""
    connected: str = ""
    connected_person: str = ""
    queue: str = ""
    up: bool = False
    originated: bool = False
    called: str = ""
    called_by_phone: bool = False
    born_in: str = ""
    conference: bool = False
    dialled_in: bool | None = None
    born_us: int | None = None


class _Attachment(msgspec.Struct, omit_defaults=True):
    spyer: str
    spyee: str
    start_us: int
    source: str
    session_id: str
    call_uniqueid: str
    linkedid: str
    target: str
    manager: Person
    agent: Person
    present: Person
    heard_us: int | None = None
    marks: list[Mark] = []
    end: End | None = None
    customer_number: str = ""
    queue: str = ""
    outside_application: bool | None = None
    conference: bool = False
    emitted: int = 0


class _Spy(msgspec.Struct, omit_defaults=True):
    spyer: str
    mode: Mode
    options: SpyOptions | None = None
    source: str = ""
    announced_us: int | None = None
    hopeless: bool = False
    last_spyee: str = ""
    last_session: str = ""
    snooped: str = ""
    attachments: list[_Attachment] = []


class _Snapshot(msgspec.Struct):
    version: int
    last_us: int | None
    boot_us: int | None
    started: str
    channels: list[_Channel]
    spies: list[_Spy]
    extensions: dict[str, str]
    names: dict[str, str]
    member_names: dict[str, str]
    waiting: list[Heard] = []


def take(spying: Spying, hearing: Hearing, waiting: list[Heard]) -> bytes:
    """Return what is open, the channels it is about, what was learned and what waits for its CDR, as JSON."""
    spies = spying.spies.every()
    channels: dict[str, Channel] = {}
    for spy in spies:
        for channel in (spy.spyer, spy.snooped, *(c for a in spy.attachments for c in (a.spyer, a.spyee))):
            if channel is not None:
                channels[channel.uniqueid] = channel
    extensions, names, member_names = spying.board.directory.tables()
    return msgspec.json.encode(
        _Snapshot(
            version=VERSION,
            last_us=hearing.last_us,
            boot_us=hearing.boot_us,
            started=hearing.started,
            channels=[_of(channel) for channel in channels.values()],
            spies=[_of_spy(spy) for spy in spies],
            extensions=extensions,
            names=names,
            member_names=member_names,
            waiting=waiting,
        )
    )


def give_back(data: bytes, spying: Spying, hearing: Hearing) -> list[Heard]:
    """Go on with what a snapshot holds; return what waits for its CDR. Raises SnapshotError if the bytes are none."""
    try:
        snapshot = msgspec.json.decode(data, type=_Snapshot)
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"These bytes are no snapshot of a collector: {error}.") from None
    if snapshot.version != VERSION:
        raise SnapshotError(f"This snapshot is of version {snapshot.version}; version {VERSION} is understood.")
    spying.board.directory.learn_tables(snapshot.extensions, snapshot.names, snapshot.member_names)
    channels = {saved.uniqueid: _channel(saved) for saved in snapshot.channels}
    for channel in channels.values():
        spying.board.channels.add(channel)
    for saved in snapshot.spies:
        _resume(saved, channels, spying.spies)
    hearing.resume(snapshot.last_us, snapshot.boot_us, snapshot.started)
    return snapshot.waiting


def _of(channel: Channel) -> _Channel:
    return _Channel(**{name: getattr(channel, name) for name in _Channel.__struct_fields__})


def _channel(saved: _Channel) -> Channel:
    channel = Channel(saved.uniqueid, saved.name)
    for name in _Channel.__struct_fields__[2:]:
        setattr(channel, name, getattr(saved, name))
    return channel


def _of_spy(spy: Spy) -> _Spy:
    return _Spy(
        spyer=spy.spyer.uniqueid,
        mode=spy.mode,
        options=spy.options,
        source=spy.source,
        announced_us=spy.announced_us,
        hopeless=spy.hopeless,
        last_spyee=spy.last_spyee,
        last_session=spy.last_session,
        snooped=spy.snooped.uniqueid if spy.snooped is not None else "",
        attachments=[_of_attachment(attachment) for attachment in spy.attachments],
    )


def _of_attachment(attachment: Attachment) -> _Attachment:
    """An end that is not certain yet is left out: it will be found again, or inferred."""
    plain = [name for name in _Attachment.__struct_fields__ if name not in ("spyer", "spyee", "end")]
    return _Attachment(
        spyer=attachment.spyer.uniqueid,
        spyee=attachment.spyee.uniqueid,
        end=attachment.end if attachment.closed else None,
        **{name: getattr(attachment, name) for name in plain},
    )


def _resume(saved: _Spy, channels: dict[str, Channel], spies: Spies) -> None:
    spy = Spy(channels[saved.spyer])
    spy.mode, spy.options, spy.source = saved.mode, saved.options, saved.source
    spy.announced_us, spy.hopeless = saved.announced_us, saved.hopeless
    spy.last_spyee, spy.last_session = saved.last_spyee, saved.last_session
    spy.snooped = channels.get(saved.snooped)
    for one in saved.attachments:
        attachment = Attachment(channels[one.spyer], channels[one.spyee], one.start_us, one.source)
        for name in _Attachment.__struct_fields__[4:]:
            setattr(attachment, name, getattr(one, name))
        spy.attachments.append(attachment)
    spies.resume(spy)
