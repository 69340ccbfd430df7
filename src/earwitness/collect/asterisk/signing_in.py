"""Signing in at a switch, and what it lets us hear. No input or output: messages in, actions out."""

import hashlib
import re
from collections.abc import Generator

from earwitness.collect.asterisk.address import Address
from earwitness.collect.asterisk.ami import BANNER, Message, encode_action

NEEDED_CLASSES = ("call", "dialplan", "dtmf", "system", "agent")
OLDEST_AMI = 2  # AMI 1.x is Asterisk 11 and older, whose events cannot be followed
_READ_PERMISSIONS = re.compile(r"^\s*read perm:\s*(.*)$", re.IGNORECASE)


class SwitchError(Exception):
    """A switch cannot be listened to; the text is one sentence that says what to do. ``patient``: trying again soon
    would do harm (a wrong secret can lock the address out)."""

    def __init__(self, sentence: str, *, patient: bool = False) -> None:
        super().__init__(sentence)
        self.patient = patient


def check_banner(address: Address, first: bytes) -> str:
    """Return the version in the first bytes of a connection. Raises SwitchError if it is no manager we can follow."""
    line = first.split(b"\n")[0].rstrip(b"\r")
    where = f"{address.host}:{address.port}"
    if not line.startswith(BANNER):
        said = line[:60].decode("ascii", "replace")
        raise SwitchError(
            f"What answers at {where} is not an Asterisk manager (it said {said!r}):"
            f" check host and port of the switch {address.name}.",
            patient=bool(first),
        )
    version = line[len(BANNER) :].decode("ascii", "replace").strip()
    major = version.split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_AMI:
        raise SwitchError(
            f"The switch {address.name} speaks AMI {version}, which is Asterisk 11 or older:"
            " Earwitness needs Asterisk 12 or newer.",
            patient=True,
        )
    return version


def sign_in(address: Address) -> Generator[bytes, Message, None]:
    """Yield the actions of a sign-in; the answer to each is sent into the generator. Raises SwitchError if refused.

    First a challenge (the secret is not sent); where the switch has none, the secret, if the address allows that.
    """
    if address.auth != "plain":
        answer = yield encode_action("Challenge", [("ActionID", "earwitness-challenge"), ("AuthType", "MD5")])
        if answer.name == "Success" and answer.get("Challenge"):
            key = hashlib.md5((answer.get("Challenge") + address.secret).encode(), usedforsecurity=False).hexdigest()
            answer = yield _login(address, [("AuthType", "MD5"), ("Key", key)])
            _check_accepted(address, answer)
            return
    if not address.may_send_secret:
        raise SwitchError(
            f"The switch {address.name} offers no MD5 challenge and the secret would cross the network readable:"
            " use amis://, or add ?auth=plain to its URL.",
            patient=True,
        )
    answer = yield _login(address, [("Secret", address.secret)])
    _check_accepted(address, answer)


def read_classes(answer: Message) -> frozenset[str] | None:
    """Return the classes that ``manager show user`` says may be read, None if the answer does not say."""
    for line in answer.all("Output"):
        match = _READ_PERMISSIONS.match(line)
        if match:
            return frozenset(part.strip().lower() for part in match[1].split(",") if part.strip())
    return None


def missing_classes(classes: frozenset[str]) -> tuple[str, ...]:
    """Return the classes that are needed and not among these, in the order of NEEDED_CLASSES."""
    return () if "all" in classes else tuple(name for name in NEEDED_CLASSES if name not in classes)


def missing_sentence(address: Address, missing: tuple[str, ...], unproven: tuple[str, ...]) -> str:
    """Say what the switch's administrator has to add to manager.conf, or nothing if nothing is missing."""
    needed = ",".join((*NEEDED_CLASSES, "cdr"))
    if missing:
        several = len(missing) > 1
        perhaps = f" (and perhaps {', '.join(unproven)}, of which nothing was heard yet)" if unproven else ""
        return (
            f"The user {address.username} of the switch {address.name} lacks the read class{'es' * several}"
            f" {', '.join(missing)}{perhaps}: set read = {needed} in manager.conf, then manager reload."
        )
    if unproven:
        return (
            f"Whether the user {address.username} of the switch {address.name} has the read classes"
            f" {', '.join(unproven)} cannot be checked: make sure that manager.conf says read = {needed}."
        )
    return ""


def _login(address: Address, how: list[tuple[str, str]]) -> bytes:
    headers = [("ActionID", "earwitness-login"), ("Username", address.username), *how, ("Events", "on")]
    try:
        return encode_action("Login", headers)
    except ValueError:
        raise SwitchError(f"User or secret of the switch {address.name} holds a line break.", patient=True) from None


def _check_accepted(address: Address, answer: Message) -> None:
    if answer.name != "Success":
        why = answer.get("Message")
        raise SwitchError(
            f"The switch {address.name} refused the user {address.username} ({why[:80]}):"
            " check user, secret and permit in its manager.conf and in the setting"
            f" EARWITNESS_PBX_{address.name.upper()}.",
            patient=True,
        )
