"""The kinds of receivers and what each needs: one table, from which the form and the checks are made."""

import re
import ssl
from collections.abc import Callable
from typing import Any, NamedTuple

from earwitness.deliver.wire import http
from earwitness.deliver.wire.guard import Guard


class Field(NamedTuple):
    """name: in ``settings``; label and sentence: of the form; kind: "text", "number", "check" or "long"."""

    name: str
    label: str
    sentence: str
    kind: str = "text"
    needed: bool = False


class Kind(NamedTuple):
    """name: as stored; words: the mappings it can carry, its own first; secret: what the secret field is called."""

    name: str
    label: str
    sentence: str
    fields: tuple[Field, ...]
    words: tuple[str, ...]
    secret: str = ""


PEER = (
    Field("host", "Host", "Name or address of the receiver.", needed=True),
    Field("port", "Port", "6514 is usual with TLS, 514 or 601 without.", "number", needed=True),
    Field("tls", "TLS", "Encrypt, and check the receiver's certificate.", "check"),
    Field("trust", "Certificate authority", "PEM text, where the certificate is not of a public authority.", "long"),
)
URL = Field("url", "Address", "https://siem.example.com/hook", needed=True)
KINDS = (
    Kind("syslog", "Syslog", "RFC 5424 over TCP or TLS, one message a row.", PEER, ("json", "ecs", "ocsf")),
    Kind("cef", "CEF", "ArcSight's Common Event Format, in syslog messages over TCP or TLS.", PEER, ("cef",)),
    Kind(
        "webhook",
        "Webhook",
        "Signed as Standard Webhooks has it; up to 100 rows a call.",
        (URL,),
        ("json", "ecs", "ocsf"),
        "Signing secret",
    ),
    Kind(
        "hec",
        "Splunk",
        "HTTP Event Collector; up to 500 rows a call.",
        (
            Field("url", "Address", "https://splunk.example.com:8088/services/collector/event", needed=True),
            Field("index", "Index", "Empty: the token's own."),
        ),
        ("json", "ecs", "ocsf"),
        "Token",
    ),
    Kind(
        "s3",
        "S3 bucket",
        "An object of compressed NDJSON for each hour, in any store that speaks S3.",
        (
            Field("endpoint", "Endpoint", "https://s3.eu-central-1.amazonaws.com", needed=True),
            Field("region", "Region", "eu-central-1", needed=True),
            Field("bucket", "Bucket", "Its name.", needed=True),
            Field("prefix", "Prefix", "What the names of the objects begin with."),
            Field("key_id", "Access key", "Its id; the secret goes below.", needed=True),
        ),
        ("json", "ecs", "ocsf"),
        "Secret access key",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


def check(kind: str, words: str, settings: dict[str, Any], *, has_secret: bool) -> dict[str, str]:
    """Return what is wrong with the settings of a forward, by field."""
    found = BY_NAME.get(kind)
    if found is None:
        return {"kind": f"Choose one of {', '.join(BY_NAME)}."}
    wrong = {}
    if words not in found.words:
        wrong["words"] = f"Choose one of {', '.join(found.words)}."
    known = {field.name for field in found.fields}
    for name in set(settings) - known:
        wrong[name] = f"A {found.label} has no {name}."
    for field in found.fields:
        problem = _problem(field, settings.get(field.name))
        if problem:
            wrong[field.name] = problem
    if found.secret and not has_secret:
        wrong["secret"] = f"{found.secret}: this is needed."
    return wrong


def refused(settings: dict[str, Any], guard: Guard) -> dict[str, str]:
    """Return, by field, which receivers are at an address that may not be reached."""
    wrong = {}
    for name in ("url", "endpoint", "host"):
        value = str(settings.get(name) or "")
        try:
            refusal = guard.refusal(value if name == "host" else http.target(value).host)
        except ValueError:
            continue  # ``check`` says what is wrong with it
        if refusal:
            wrong[name] = refusal
    return wrong


def missing(field: Field) -> str:
    """Return what a form says where a field that is needed is empty."""
    hint = field.sentence if field.sentence.endswith(".") else f"for example {field.sentence}"
    return f"{field.label} is missing: {hint}"


def _problem(field: Field, value: Any) -> str:
    if value in (None, ""):
        return missing(field) if field.needed else ""
    if field.kind == "number":
        return "" if type(value) is int and 0 < value < 65_536 else f"{field.label}: a number from 1 to 65535."
    if field.kind == "check":
        return "" if isinstance(value, bool) else f"{field.label}: yes or no."
    if not isinstance(value, str) or len(value) > (20_000 if field.kind == "long" else 500):
        return f"{field.label}: this is too long."
    check = CHECKS.get(field.name)
    try:
        if check:
            check(value)
    except ValueError as error:
        return str(error)
    return ""


def _endpoint(value: str) -> None:
    if http.target(value).path != "/":
        raise ValueError("Leave the path out: the bucket has a field of its own, and so has the prefix.")


def _certificate(value: str) -> None:
    try:
        ssl.create_default_context().load_verify_locations(cadata=value)
    except (ssl.SSLError, ValueError):
        raise ValueError("This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.") from None


def _host(value: str) -> None:
    if not re.fullmatch(r"[\w.:-]+", value):
        raise ValueError("Write a name or an address, such as siem.example.com, without port and path.")


CHECKS: dict[str, Callable[[str], object]] = {
    "url": http.target,
    "endpoint": _endpoint,
    "trust": _certificate,
    "host": _host,
}
