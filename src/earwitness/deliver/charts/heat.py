"""A week at a glance: hours across, days down, the darker the more."""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.scale import frame, number

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEFT, TOP, WIDE, HIGH = 34, 16, 26, 20
SHADES = ("#eef3f3", "#cfe4e5", "#a6cfd2", "#74b4b9", "#43979d", "#1f757c")


class Cell(NamedTuple):
    """How much fell into an hour of a day of the week, and where the cell leads."""

    value: float
    href: str = ""


def heat(cells: Mapping[tuple[int, int], Cell], *, title: str, unit: str = "events") -> str:
    """Return a heat map.

    cells: (day of the week, 0 is Monday; hour, 0 to 23) -> cell, absent ones are empty; title: the whole chart in one
    sentence, for people who cannot see it.
    """
    top = max((cell.value for cell in cells.values()), default=0)
    width, height = LEFT + 24 * WIDE, TOP + 7 * HIGH
    role = "group" if any(cell.href for cell in cells.values()) else "img"
    parts = [
        f'<svg class="chart heat" {frame(width, height)} role="{role}" aria-label="{escape(title)}" '
        'font-family="inherit" font-size="11">'
    ]
    parts += [_axis(LEFT + (hour + 0.5) * WIDE, 11, f"{hour:02d}", "middle") for hour in range(0, 24, 2)]
    parts += [_axis(LEFT - 6, TOP + (day + 0.68) * HIGH, name, "end") for day, name in enumerate(DAYS)]
    parts += [_cell(day, hour, cells.get((day, hour), Cell(0)), top, unit) for day in range(7) for hour in range(24)]
    return "".join(parts) + "</svg>"


def shade(value: float, top: float) -> int:
    """Return the shade of a value, 0 (nothing) to 5 (the most)."""
    return 0 if not value or not top else min(1 + int(value / top * 5), 5)


def _axis(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text class="axis" x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="#626c73" aria-hidden="true">{text}</text>'
    )


def _cell(day: int, hour: int, cell: Cell, top: float, unit: str) -> str:
    level = shade(cell.value, top)
    label = escape(f"{DAYS[day]} {hour:02d}:00 to {(hour + 1) % 24:02d}:00: {number(cell.value)} {unit}")
    box = (
        f'<rect class="shade s{level}" x="{LEFT + hour * WIDE + 1}" y="{TOP + day * HIGH + 1}" width="{WIDE - 2}" '
        f'height="{HIGH - 2}" rx="2" fill="{SHADES[level]}"/>'
    )
    if cell.href:
        return f'<a href="{escape(cell.href)}" aria-label="{label}">{box}<title>{label}</title></a>'
    return f"<g>{box}<title>{label}</title></g>"
