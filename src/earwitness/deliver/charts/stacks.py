"""Columns along a time line, each a pile of parts: how much of what, when."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.bars import Tick
from earwitness.deliver.charts.lines import COLOURS
from earwitness.deliver.charts.scale import Place, across, ceiling, frame, number, short

HEAD, FOOT, LEGEND = 6, 18, 22


class Pile(NamedTuple):
    """One column. label: what it is called; parts: its values, in the order of the legend; hrefs: where each leads."""

    label: str
    parts: Sequence[float]
    hrefs: Sequence[str] = ()


def stacks(  # noqa: PLR0913 -- a chart is described by its parts
    data: Sequence[Pile],
    *,
    title: str,
    legend: Sequence[str],
    unit: str = "segments",
    height: int = 180,
    width: int | None = None,
    ticks: Sequence[Tick] = (),
) -> str:
    """Return a stacked time line. title: the whole chart in one sentence, for people who cannot see it."""
    x = across(width)
    top = ceiling(max((sum(pile.parts) for pile in data), default=0))
    floor = height - FOOT
    role = "group" if any(any(pile.hrefs) for pile in data) else "img"
    parts = [
        f'<svg class="chart stacks" {frame(width, height + LEGEND)} role="{role}" aria-label="{escape(title)}" '
        'font-family="inherit" font-size="11">'
    ]
    parts += [
        f'<line class="grid" x1="0" x2="{x(1)}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dfe3e5"/>'
        for y in (HEAD + 0.5, (HEAD + floor) / 2, floor + 0.5)
    ]
    parts.append(f'<text class="axis" x="0" y="{HEAD + 11}" fill="#626c73" aria-hidden="true">{short(top)}</text>')
    for index, pile in enumerate(data):
        parts += _pile(pile, x(index / len(data) + 0.1 / len(data)), x(0.8 / len(data)), (top, floor), (legend, unit))
    parts += [_tick(tick, index, x, height) for index, tick in enumerate(ticks)]
    parts += [_key(name, index, height) for index, name in enumerate(legend)]
    return "".join(parts) + "</svg>"


def _pile(pile: Pile, left: str, wide: str, scale: tuple[float, int], words: tuple[Sequence[str], str]) -> list[str]:
    top, floor = scale
    legend, unit = words
    found = []
    below = float(floor)
    for index, value in enumerate(pile.parts):
        if not value:
            continue
        tall = max((floor - HEAD) * value / top, 1.5)
        below -= tall
        colour = index + 1
        box = (
            f'<rect class="column c{colour}" x="{left}" width="{wide}" y="{below:.1f}" height="{tall:.1f}" '
            f'fill="{COLOURS[colour % len(COLOURS)]}"/>'
        )
        label = escape(f"{pile.label}, {legend[index]}: {number(value)} {unit}")
        href = pile.hrefs[index] if pile.hrefs else ""
        if href:
            found.append(f'<a class="bar" href="{escape(href)}" aria-label="{label}">{box}<title>{label}</title></a>')
        else:
            found.append(f"<g>{box}<title>{label}</title></g>")
    return found


def _tick(tick: Tick, index: int, x: Place, height: int) -> str:
    spare = " spare" if index % 2 else ""
    anchor = "start" if tick.at < 0.03 else "end" if tick.at > 0.97 else "middle"
    return (
        f'<text class="axis{spare}" x="{x(tick.at)}" y="{height - 4}" text-anchor="{anchor}" fill="#626c73" '
        f'aria-hidden="true">{escape(tick.label)}</text>'
    )


def _key(name: str, index: int, height: int) -> str:
    x, y = index * 74, height + LEGEND - 14
    return (
        f'<rect class="column c{index + 1}" x="{x}" y="{y}" width="10" height="10" rx="2" '
        f'fill="{COLOURS[(index + 1) % len(COLOURS)]}"/>'
        f'<text class="axis" x="{x + 15}" y="{y + 9}" fill="#626c73">{escape(name)}</text>'
    )
