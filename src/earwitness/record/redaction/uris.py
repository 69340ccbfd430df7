"""Secrets in addresses: values of query parameters and fragments, whatever their percent-encoding."""

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from earwitness.record.redaction import texts
from earwitness.record.redaction.cards import REPLACEMENT

_PARAMETER = re.compile(r"([?&;#]|^)([^=&;#?\s]{1,256})=([^&;#\s]*)")


def redacted(uri: str, is_secret: texts.IsSecret, clean: Callable[[str], str]) -> str:
    """Return an address (or a bare query) with every secret in it replaced; clean: does so in a plain text."""

    def replace(match: re.Match[str]) -> str:
        before, name, value = match.groups()
        plain = unquote_plus(value)
        if not value or plain.startswith(REPLACEMENT):
            return match[0]
        names = re.split(r"[\[\].]+", unquote_plus(name).rstrip("]"))
        if is_secret(names[-1]) or clean(plain) != plain:
            return f"{before}{name}={REPLACEMENT}"
        return match[0]

    changed = _PARAMETER.sub(replace, uri)
    return clean(changed)
