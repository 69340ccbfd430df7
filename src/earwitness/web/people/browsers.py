"""What a browser calls itself, in words."""

import re
from typing import Any

from earwitness.accounts.sessions import LiveSession

BROWSERS = (
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/(\d+)")),
    ("Opera", re.compile(r"OPR/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari")),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def words(user_agent: str) -> str:
    """Return ``Firefox 128 on Linux``, or what the browser said itself where that is not plain."""
    found = next(((name, match[1]) for name, rule in BROWSERS if (match := rule.search(user_agent))), None)
    if found is None:
        return user_agent[:60] or "Unknown"
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return f"{found[0]} {found[1]}" + (f" on {system}" if system else "")


def described(sessions: list[LiveSession]) -> list[dict[str, Any]]:
    """Return sessions as a template draws them."""
    return [{**session._asdict(), "browser": words(session.user_agent)} for session in sessions]
