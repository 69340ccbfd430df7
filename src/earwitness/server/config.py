"""The settings of one Earwitness: read once, here, from the environment or ``earwitness.toml``.

``SETTINGS`` below is the table from which the reference page is made. Every setting ``NAME`` may be given as
``NAME_FILE`` instead: the path of a file that holds the value. The environment wins over the file.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from earwitness.collect.asterisk import address, cdrplace
from earwitness.model.retention import class_for
from earwitness.server.relay import relay

PREFIX = "EARWITNESS_"
CLIENT_ONLY = frozenset({"EARWITNESS_URL", "EARWITNESS_KEY"})  # read by the command line, never by the server
PBX_NAME = re.compile(r"[A-Z0-9][A-Z0-9_]*")
LEAST_SECRET = 32  # characters; what is shorter can be guessed from one signature
FAMILIES = ("PBX", "CDR")  # settings of which there is one for each switch

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Setting(NamedTuple):
    """One row of the reference: name in the environment, default as text, sentence."""

    name: str
    default: str
    sentence: str


SETTINGS = (
    Setting("EARWITNESS_DATA", "./earwitness-data", "The data directory; only one server at a time owns it."),
    Setting(
        "EARWITNESS_EVENTS_DSN",
        "chdb:///$DATA/events",
        "Where events are stored: `chdb:///directory` (embedded) or `clickhouse://user:password@host:8123/database`.",
    ),
    Setting(
        "EARWITNESS_ACCOUNTS_DSN",
        "SQLite in the data directory",
        "Where people, roles and keys are stored: `sqlite:///file` or `postgresql://user:password@host/database`.",
    ),
    Setting(
        "EARWITNESS_SECRET_KEY",
        "made on first start",
        "Signs sessions and cursors. Made once and kept in the data directory (`secret-key`, mode 0600) if absent. "
        "At least 32 characters.",
    ),
    Setting(
        "EARWITNESS_BASE_URL",
        "the address that is bound",
        "How people reach Earwitness (`https://log.example.com`); needed behind a proxy and for links in mails.",
    ),
    Setting(
        "EARWITNESS_TRUSTED_PROXIES",
        "none",
        "Addresses or networks, separated by commas, whose X-Forwarded-For header is believed.",
    ),
    Setting(
        "EARWITNESS_DELIVER_TO",
        "none",
        "Private networks, separated by commas, to which webhooks and forwarding may connect; others are refused.",
    ),
    Setting(
        "EARWITNESS_SMTP_URL",
        "no mail",
        "Mail relay: `smtp://user:password@host:587` or `smtps://host:465`. On port 587 nothing is sent unencrypted; "
        "on others say `?starttls=yes`. Also `ca=FILE` (certificates to trust) and `from=ADDRESS` (the sender).",
    ),
    Setting("EARWITNESS_RETENTION_ACTIVITY", "400d", "How long activity is kept: a number with d, w, m or y."),
    Setting(
        "EARWITNESS_RETENTION_SUPERVISION", "180d", "How long the supervision log is kept: a number with d, w, m or y."
    ),
    Setting(
        "EARWITNESS_PBX_<NAME>",
        "none",
        "A switch to listen to: `ami://user:secret@host:5038`, or `amis://` for TLS; one setting for each.",
    ),
    Setting(
        "EARWITNESS_CDR_<NAME>",
        "none",
        "Where the call detail records of that switch are: `file:///var/log/asterisk/cdr-csv/Master.csv`,"
        " `postgresql://user:secret@host/database` or `mariadb://user:secret@host/database`;"
        " `?zone=Europe/Bucharest` is the time zone of their times (UTC), `table=` the table (`cdr`).",
    ),
)

NAMES = frozenset(s.name for s in SETTINGS if "<" not in s.name)


class ConfigError(Exception):
    """A setting is wrong or unknown; the text is one sentence that names it and says what is expected."""


class Config(BaseModel):
    """All settings, checked. Times of retention stay text; ``keep`` turns them into classes."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    data: Path = Path("earwitness-data")
    events_dsn: str = ""
    accounts_dsn: str = ""
    secret_key: str = ""
    base_url: str = ""
    trusted_proxies: str = ""
    deliver_to: str = ""
    smtp_url: str = ""
    retention_activity: str = "400d"
    retention_supervision: str = "180d"
    pbx: dict[str, str] = Field(default_factory=dict)
    cdr: dict[str, str] = Field(default_factory=dict)

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("events_dsn")
    @classmethod
    def _events(cls, value: str) -> str:
        return _scheme(value, ("chdb", "clickhouse", "clickhouses"))

    @field_validator("accounts_dsn")
    @classmethod
    def _accounts(cls, value: str) -> str:
        return _scheme(value, ("sqlite", "postgresql", "postgres"))

    @field_validator("secret_key")
    @classmethod
    def _hard_to_guess(cls, value: str) -> str:
        if value and len(value) < LEAST_SECRET:
            raise ValueError(f"a key that signs has at least {LEAST_SECRET} characters: leave it out to have one made")
        return value

    @field_validator("base_url")
    @classmethod
    def _base(cls, value: str) -> str:
        if _scheme(value, ("http", "https")) and not urlsplit(value).hostname:
            raise ValueError("the host is missing: write https://log.example.com")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if value:
            relay(value)
        return value

    @field_validator("pbx")
    @classmethod
    def _switches(cls, value: dict[str, str]) -> dict[str, str]:
        for name, url in value.items():
            try:
                address.address(name, url)
            except ValueError as error:
                raise ValueError(f"{PREFIX}PBX_{name.upper()}: {error}") from None
        return value

    @field_validator("cdr")
    @classmethod
    def _records(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for name, place in value.items():
            setting = f"{PREFIX}CDR_{name.upper()}"
            if name not in info.data.get("pbx", {name: ""}):
                raise ValueError(f"{setting}: there is no switch of that name: set {PREFIX}PBX_{name.upper()} too")
            try:
                cdrplace.cdr_place(place)
            except ValueError as error:
                raise ValueError(f"{setting}: {error}") from None
        return value

    @field_validator("retention_activity", "retention_supervision")
    @classmethod
    def _retention(cls, value: str) -> str:
        class_for(value)
        return value

    @field_validator("trusted_proxies", "deliver_to")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for part in filter(None, (p.strip() for p in value.split(","))):
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"{part!r} is neither an address nor a network") from None
        return value

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """The networks whose X-Forwarded-For is believed."""
        return _networks(self.trusted_proxies)

    @property
    def deliver_networks(self) -> tuple[Network, ...]:
        """The private networks to which webhooks and forwarding may connect."""
        return _networks(self.deliver_to)

    @property
    def store_dsn(self) -> str:
        """The events DSN with its default filled in."""
        return self.events_dsn or f"chdb://{self.data / 'events'}"

    @property
    def embedded(self) -> bool:
        """Whether the events live in this process."""
        return self.store_dsn.startswith("chdb:")


def _networks(text: str) -> tuple[Network, ...]:
    parts = filter(None, (p.strip() for p in text.split(",")))
    return tuple(ipaddress.ip_network(part, strict=False) for part in parts)


def _scheme(value: str, allowed: tuple[str, ...]) -> str:
    if value and urlsplit(value).scheme not in allowed:
        raise ValueError(f"expected an address that begins with {' or '.join(a + '://' for a in allowed)}")
    return value


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigError(f"{name}_FILE: cannot read {path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{name}_FILE: {path} does not hold text.") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return setting name -> value for every EARWITNESS_ variable; an unknown one is a ConfigError."""
    found: dict[str, str] = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable.removesuffix("_FILE") in CLIENT_ONLY:
            continue
        name = variable.removesuffix("_FILE")
        if name not in NAMES and not _family(name):
            raise ConfigError(
                f"{variable} is not a setting of Earwitness: see docs/reference/settings.md for their names."
            )
        if name != variable and name in environ:
            raise ConfigError(f"Both {name} and {variable} are set: remove one of them.")
        found[name] = value if name == variable else _from_file(name, value)
    return found


def _family(name: str) -> str:
    """Return the family of a setting of which there is one for each switch, the empty text for any other name."""
    family, _, switch = name.removeprefix(PREFIX).partition("_")
    return family if name.startswith(PREFIX) and family in FAMILIES and PBX_NAME.fullmatch(switch) else ""


def _from_toml(path: Path) -> dict[str, str]:
    """Return setting name -> value of a TOML file whose keys are the settings' names without prefix, in any case."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    found: dict[str, str] = {}
    for key, value in table.items():
        name = PREFIX + key.upper().removeprefix(PREFIX)
        if name.removeprefix(PREFIX) in FAMILIES and isinstance(value, dict):
            found |= {f"{name}_{switch.upper()}": str(url) for switch, url in value.items()}
        elif name not in NAMES and not _family(name):
            raise ConfigError(f"{path}: {key!r} is not a setting of Earwitness: see docs/reference/settings.md.")
        else:
            found[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return found


def gather(environ: Mapping[str, str], data: Path | None) -> dict[str, object]:
    """Merge environment over file over defaults into the fields of ``Config``."""
    given = _from_environment(environ)
    if data is not None:
        given["EARWITNESS_DATA"] = str(data)
    folder = Path(given.get("EARWITNESS_DATA", "earwitness-data")).expanduser()
    for path in (Path("earwitness.toml"), folder / "earwitness.toml"):
        if path.is_file():
            given = _from_toml(path) | given
            break
    values: dict[str, object] = {}
    families: dict[str, dict[str, str]] = {family.lower(): {} for family in FAMILIES}
    for name, value in given.items():
        family = _family(name).lower()
        if family:
            families[family][name.removeprefix(PREFIX).partition("_")[2].lower()] = value
        else:
            values[name.removeprefix(PREFIX).lower()] = value
    return values | families


def load(environ: Mapping[str, str] | None = None, data: Path | None = None) -> Config:
    """Read the settings and make them the current ones.

    environ: variables to read, by default those of the process; data: overrides EARWITNESS_DATA.
    Raises ConfigError with one sentence that names the setting at fault.
    """
    try:
        config = Config(**gather(os.environ if environ is None else environ, data))  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        name = (
            ""
            if message.startswith(tuple(f"{PREFIX}{family}_" for family in FAMILIES))
            else f"{PREFIX}{field.upper()}: "
        )
        raise ConfigError(f"{name}{message.rstrip('.')}.") from None
    _State.current = config
    return config


class _State:
    current: Config | None = None


def current() -> Config:
    """Return the settings of this process, reading them at the first call."""
    return _State.current or load()
