"""Where the call detail records of a switch are found: its ``Master.csv``, or a table of a database."""

import re
import zoneinfo
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

FILE, POSTGRESQL, MARIADB = "file", "postgresql", "mariadb"
SCHEMES = {"file": FILE, "postgresql": POSTGRESQL, "postgres": POSTGRESQL, "mariadb": MARIADB, "mysql": MARIADB}
TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?")
FORM = "write file:///var/log/asterisk/cdr-csv/Master.csv, postgresql://user:secret@host/db or mariadb://... instead"


class CdrPlace(msgspec.Struct, frozen=True, kw_only=True):
    """kind: FILE, POSTGRESQL or MARIADB. where: the path, or the URL of the database without what is ours.

    zone: that of times that name none; table: of the database, its schema perhaps before it.
    """

    kind: str
    where: str
    zone: str = "UTC"
    table: str = "cdr"

    def __repr__(self) -> str:
        parts = urlsplit(self.where)
        return self.where if self.kind == FILE else f"{self.kind}://{parts.hostname or ''}{parts.path} ({self.table})"

    __str__ = __repr__


def cdr_place(text: str) -> CdrPlace:
    """Return the place that a setting names: a path or URL, after ``?`` perhaps ``zone=`` and ``table=``.

    Raises ValueError with one sentence, which never holds the secret.
    """
    parts = urlsplit(text if "://" in text else f"file://{text}")
    kind = SCHEMES.get(parts.scheme)
    if kind is None:
        raise ValueError(f"this is no place of call detail records: {FORM}")
    query = dict(parse_qsl(parts.query))
    zone, table = query.pop("zone", "UTC"), query.pop("table", "cdr")
    _check_zone(zone)
    if kind == FILE:
        if parts.netloc or not parts.path.startswith("/") or query:
            raise ValueError(f"the path of a file begins with / and may be followed by ?zone= only: {FORM}")
        return CdrPlace(kind=kind, where=parts.path, zone=zone)
    if not parts.hostname and kind == MARIADB:
        raise ValueError(f"the host of the database is missing: {FORM}")
    if not parts.path.strip("/"):
        raise ValueError(f"the name of the database is missing: {FORM}")
    if not TABLE.fullmatch(table):
        raise ValueError("table= is no name of a table: letters, digits and _, the schema and a dot perhaps before it")
    return CdrPlace(kind=kind, where=urlunsplit(parts._replace(query=urlencode(query))), zone=zone, table=table)


def _check_zone(zone: str) -> None:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"zone={zone} is no time zone; write one such as Europe/Bucharest") from None
