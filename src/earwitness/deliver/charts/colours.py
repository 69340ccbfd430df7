"""The colours of parts, by the kind of what they show, and the line below a chart that says which is which.

A kind is a class in ``charts.css``; what stands here is what mails and PDF show. The modes of supervision have the same
colours in every chart, list and badge.
"""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

FILLS = {
    "before": "#d5e6e7",
    "c1": "#2b8c94",
    "c2": "#c9822b",
    "c3": "#7a63c2",
    "c4": "#b3475f",
    "mode-listen": "#2467c4",
    "mode-whisper": "#8f5b00",
    "mode-barge": "#b92f26",
    "mode-unknown": "#626c73",
    "leg": "#9aa5ab",
    "waiting": "#d5dadd",
    "mark": "#46545b",
}
STEP = 130  # pixels from one name of a legend to the next


class Key(NamedTuple):
    """What a part of a chart is: its name, and its kind, one of FILLS."""

    name: str
    kind: str


ONE = (Key("", "c1"),)  # of a chart whose marks have one part each


def keys(*names: str) -> tuple[Key, ...]:
    """Return the keys of parts that have no colours of their own."""
    return tuple(Key(name, f"c{place}") for place, name in enumerate(names, 1))


def legend_line(shown: Sequence[Key], left: int, top: int) -> list[str]:
    """Return the line that names the parts; left, top: where it begins, in pixels."""
    return [
        f'<rect class="column {key.kind}" x="{left + place * STEP}" y="{top}" width="10" height="10" rx="2" '
        f'fill="{FILLS[key.kind]}"/>'
        f'<text class="axis" x="{left + place * STEP + 15}" y="{top + 9}" fill="#626c73">{escape(key.name)}</text>'
        for place, key in enumerate(shown)
    ]
