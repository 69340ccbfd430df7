"""The house: every part of a running Earwitness, started bottom-up and stopped top-down."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from earwitness.collect.asterisk.connection import ConnectionStatus
from earwitness.model.problem import Unavailable
from earwitness.model.retention import class_for
from earwitness.model.scope import ACTIVITY, DEFAULT_TENANT, SUPERVISION
from earwitness.model.segment import Segment
from earwitness.record import Recorder, newest_epoch
from earwitness.search import Reader
from earwitness.server import accounts_tables
from earwitness.server.config import Config
from earwitness.server.control import operator_name
from earwitness.server.correcting import Correcting
from earwitness.server.judging import Judging
from earwitness.server.parts import ALL
from earwitness.server.policing import Policing
from earwitness.server.relay import relay
from earwitness.server.switches import Switches
from earwitness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from earwitness.deliver.means import Means
    from earwitness.server.lease import PostgresLease

log = structlog.get_logger()


class House:
    """The parts that requests and background jobs use; ``app`` is the root ASGI application."""

    def __init__(
        self, config: Config, store: Store, recorder: Recorder, reader: Reader, tenant: str = DEFAULT_TENANT
    ) -> None:
        """tenant: into whose log it listens to switches."""
        self.config = config
        self.store = store
        self.recorder = recorder
        self.reader = reader
        self.switches = Switches(recorder, config.data / "switches", config.pbx, tenant, cdrs=config.cdr)
        judging = Judging(recorder, reader)
        self.policing = Policing(recorder, reader, judging)
        self.correcting = Correcting(recorder, reader, judging)
        self.app: ASGIApp


class _Current:
    house: House | None = None


def current() -> House:
    """Return the house that is open in this process; RuntimeError where none is."""
    if _Current.house is None:
        raise RuntimeError("no house is open in this process: use runtime.open_house()")
    return _Current.house


def switches_of(tenant: str) -> list[ConnectionStatus]:
    """Return how it stands with each switch that the house hears into the log of a tenant."""
    switches = current().switches
    return switches.statuses if switches.tenant == tenant else []


def going_on(tenant: str) -> list[Segment]:
    """Return what the switches of the house that is open say lasts in a tenant at this moment."""
    return current().switches.going_on(tenant)


def _prepare(data: Path) -> None:
    """Make the data directory if it is not there; Unavailable where nothing can be kept in it."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The data directory {data} cannot be made ({error.strerror}): name another one with --data."
        ) from None
    if not os.access(data, os.W_OK | os.X_OK):
        raise Unavailable(
            f"The data directory {data} cannot be written: make it writable for this user, or name another with --data."
        )


def secret_key(config: Config) -> str:
    """Return the secret key, making it on the first start (mode 0600, whole or absent after a crash)."""
    if config.secret_key:
        return config.secret_key
    path = config.data / "secret-key"
    if not path.is_file():
        draft = path.with_name(f"secret-key.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earwitness.server.settings")
    import django

    django.setup()


def _reach_accounts() -> None:
    """Raise Unavailable, naming the setting, where the accounts database cannot be reached."""
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError:
        raise Unavailable(
            "EARWITNESS_ACCOUNTS_DSN: the database cannot be reached, or refuses this user: check that it runs."
        ) from None


def _retention_of(config: Config) -> "Callable[[str, str], str]":
    """Return (tenant, stream) -> retention class, as the settings say."""
    classes = {ACTIVITY: class_for(config.retention_activity), SUPERVISION: class_for(config.retention_supervision)}
    return lambda _tenant, stream: classes[stream]


def _means(config: Config, reader: Reader, parts: frozenset[str]) -> "Means":
    """Return what delivery works with."""
    from earwitness.deliver.means import Means
    from earwitness.deliver.wire.guard import Guard

    return Means(
        reader=reader,
        folder=config.data / "exports",
        base_url=config.base_url,
        guard=Guard(config.deliver_networks),
        sender=_sender(config),
        jobs="jobs" in parts,
    )


def _sender(config: Config) -> str:
    """Return the From of our mails: the relay's user where that is an address, else a name at our own host."""
    if not config.smtp_url:
        return ""
    found = relay(config.smtp_url)
    host = urlsplit(config.base_url).hostname or "localhost"
    return found.sender or (found.user if "@" in found.user else f"earwitness@{host}")


def _opened_beside(work: "Callable[[], None]", config: Config, closing: contextlib.ExitStack) -> Store:
    """Return the store, opened in a thread while ``work`` is done: the engine lets other threads run meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(Store.open, config.store_dsn, config.data)
        try:
            work()
        finally:
            store = closing.enter_context(opening.result())
    return store


@contextlib.contextmanager
def _lease(config: Config, store: Store) -> Iterator["PostgresLease | None"]:
    """Take the right to record where other servers could reach the same store; Conflict where one has it."""
    if config.embedded or not config.accounts_dsn.startswith("postgres"):
        yield None  # whoever holds the data directory is alone
        return
    from earwitness.server.lease import PostgresLease

    lease = PostgresLease(config.accounts_dsn, lambda: newest_epoch(store))
    lease.take()
    try:
        yield lease
    finally:
        lease.release()


@contextlib.contextmanager
def open_house(config: Config, parts: frozenset[str] = ALL, tenant: str = DEFAULT_TENANT) -> Iterator[House]:
    """Open everything that serves requests, in this process, and close it at the end.

    parts: what is open to the network; tenant: into whose log it listens to switches, NotFound where there is none.
    Raises model.problem.Problem where another process owns the data or a version does not fit.
    """
    _prepare(config.data)
    key = secret_key(config)
    with contextlib.ExitStack() as closing:
        store = _opened_beside(_set_up_django, config, closing)
        _reach_accounts()
        accounts_tables.bring_up_to_date()
        from earwitness.accounts import access, desks, extensions, questions, redaction, seats
        from earwitness.accounts import recorder as accounts_recorder
        from earwitness.deliver import means
        from earwitness.server import root

        questions.demand_tenant(access.of_operator(operator_name(os.getuid()), tenant))
        lease = closing.enter_context(_lease(config, store))
        recorder = Recorder(
            store,
            lease=lease,
            retention_of=_retention_of(config),
            additions_of=redaction.additions_of,
            desks_of=desks.desks_of,
            desks_at=seats.at,
            person_at=extensions.at,
        )
        recorder.start()
        try:
            reader = Reader(store, secret=key.encode())
            house = House(config, store, recorder, reader, tenant)
            accounts_recorder.set_recorder(recorder.record_own)
            means.use(_means(config, reader, parts))
            _Current.house = house
            house.app = root.create_app(house, parts)
            yield house
        finally:
            _Current.house = None
            means.use(None)
            accounts_recorder.set_recorder(None)
            recorder.stop()
