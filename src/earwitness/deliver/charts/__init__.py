"""Charts as SVG text: data in, string out. They know neither Django nor a browser, so pages, mails and PDF share them.

Colours come from classes (``charts.css`` gives them, light and dark); the attributes beside them are what a mail or a
PDF without that style sheet shows. A chart is as wide as its place, or ``width`` pixels where one is given.
"""

from earwitness.deliver.charts.axes import Span, Tick
from earwitness.deliver.charts.bars import Bar, bars
from earwitness.deliver.charts.colours import Key, keys
from earwitness.deliver.charts.heat import Cell, heat
from earwitness.deliver.charts.lanes import Lane, Part, lanes
from earwitness.deliver.charts.lines import Series, lines
from earwitness.deliver.charts.ranks import Rank, ranks
from earwitness.deliver.charts.shares import share
from earwitness.deliver.charts.stacks import Pile, stacks
from earwitness.deliver.charts.times import bucket_label, ticks

__all__ = [
    "Bar",
    "Cell",
    "Key",
    "Lane",
    "Part",
    "Pile",
    "Rank",
    "Series",
    "Span",
    "Tick",
    "bars",
    "bucket_label",
    "heat",
    "keys",
    "lanes",
    "lines",
    "ranks",
    "share",
    "stacks",
    "ticks",
]
