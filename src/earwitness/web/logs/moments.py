"""Moments as pages show them and as addresses hold them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

from earwitness.model import times


def moment(value: dt.datetime, zone: ZoneInfo) -> SafeString:
    """Return a moment to the millisecond in a zone as HTML, carrying the exact one in UTC."""
    local = value.astimezone(zone)
    return format_html(
        '<time datetime="{}">{} <b>{}</b><i>.{}</i></time>',
        times.text(value),
        f"{local:%Y-%m-%d}",
        f"{local:%H:%M:%S}",
        f"{local.microsecond // 1000:03d}",
    )


def text_of(moment: dt.datetime) -> str:
    """Return a moment as it stands in an address: to the second where that is exact."""
    text = times.text(moment)
    return text.replace(".000000Z", "Z")
