"""Mails show the very charts that pages and paper show, as pictures that every program for mail can open."""

import io
import re
from email.message import EmailMessage

import pytest
from PIL import Image, ImageColor

from earwitness.deliver import charts
from earwitness.deliver.charts.colours import FILLS
from earwitness.deliver.charts.heat import SHADES
from earwitness.deliver.exports import fronts
from earwitness.deliver.formats import png
from earwitness.deliver.formats.pdf import Chart
from earwitness.deliver.models import Export
from earwitness.deliver.reports.supervision import LEGEND

from .conftest import World
from .inbox import Inbox, inbox
from .test_schedules import attachment, recent, run_everything, scheduled

__all__ = ["inbox"]
TICKS = (charts.Tick(0.1, "Mon"), charts.Tick(0.9, "Tue"))
ALL = {
    "bars": charts.bars(
        [charts.Bar(4, "Mon"), charts.Bar(0, "Tue"), charts.Bar(2, "Wed", "/activity")],
        title="Events over time",
        width=720,
        height=180,
        ticks=TICKS,
        behind=(3, 1, 0),
        shaded=(charts.Span(0.4, 0.6, "asterisk could not be heard"),),
    ),
    "ranks": charts.ranks(
        [charts.Rank("Zoë <b>", (4, 2), "6", 5, "/activity"), charts.Rank("日本", (1, 0))],
        title="Minutes",
        legend=charts.keys("Listen", "Whisper"),
    ),
    "heat": charts.heat({(2, 9): charts.Cell(5), (3, 10): charts.Cell(1, "/activity")}, title="Hours"),
    "stacks": charts.stacks(
        [charts.Pile("Mon", (1, 0, 2)), charts.Pile("Tue", (1, 1, 0), ("/a", "/b", "/c"))],
        title="Segments",
        legend=LEGEND[:3],
        width=720,
        ticks=TICKS,
        shaded=(charts.Span(0.47, 0.53, "hq could not be heard"),),
    ),
    "lanes": charts.lanes(
        [charts.Lane("Maria", (charts.Part(0.2, 0.4, "mode-barge", "barge"),))], title="Call", ticks=TICKS, width=720
    ),
    "lines": charts.lines(
        [
            charts.Series(charts.Key("Now", "c1"), (1, 4, 2), ("/a", "/b", "/c")),
            charts.Series(charts.Key("Then", "c2"), (0, 1, 3)),
        ],
        title="Lines",
        names=("Mon", "Tue", "Wed"),
        ticks=TICKS,
    ),
    "share": charts.share(1, 3, width=200),
}


@pytest.mark.parametrize("name", ALL)
def test_every_chart_becomes_a_picture_of_its_size(name: str) -> None:
    """Two dots to a pixel; what it shows is said in words."""
    made = png.picture(Chart("Caption", ALL[name]))
    image = Image.open(io.BytesIO(made.png))
    assert image.format == "PNG"
    assert image.size == (made.width * png.SHARP, made.height * png.SHARP)
    title = re.search('aria-label="([^"]+)"', ALL[name])
    assert made.text == (title[1] if title else "Caption")


def near(image: Image.Image, x: float, y: float, colour: str) -> bool:
    """Whether a dot has a colour, as near as a palette can come."""
    found = image.convert("RGB").getpixel((round(x * png.SHARP), round(y * png.SHARP)))
    assert isinstance(found, tuple)
    return max(abs(a - b) for a, b in zip(found, ImageColor.getrgb(colour)[:3], strict=True)) < 8


def test_marks_stand_where_the_chart_has_them() -> None:
    """A column, its neighbour of the period before, a gap, a cell of a heat map, each part of a pile, paper between."""
    bars = Image.open(io.BytesIO(png.picture(Chart("", ALL["bars"])).png))
    assert near(bars, 120, 100, FILLS["c1"])
    assert near(bars, 480, 120, "#ffffff")
    assert near(bars, 360, 20, "#f0d9a8")
    heat = Image.open(io.BytesIO(png.picture(Chart("", ALL["heat"])).png))
    assert near(heat, 34 + 9.5 * 26, 16 + 2.5 * 20, SHADES[5])
    assert near(heat, 34 + 1.5 * 26, 16 + 0.5 * 20, SHADES[0])
    stacks = Image.open(io.BytesIO(png.picture(Chart("", ALL["stacks"])).png))
    lines = Image.open(io.BytesIO(png.picture(Chart("", ALL["lines"])).png))
    assert near(lines, 360, 6, FILLS["c1"])
    assert near(lines, 120, 162, FILLS["c2"])
    assert near(stacks, 180, 150, FILLS["mode-listen"])
    assert near(stacks, 180, 60, FILLS["mode-barge"])
    assert near(stacks, 360, 60, "#f0d9a8")


def test_a_chart_without_a_size_of_its_own_is_refused() -> None:
    """As wide as its page is no size in a mail."""
    with pytest.raises(ValueError, match="has a size in pixels"):
        png.picture(Chart("", charts.share(1, 3)))


def test_words_are_drawn_and_told() -> None:
    """Ink stands where the chart writes, and what its mark-up escapes is plain in the words beside it."""
    made = png.picture(Chart("", charts.ranks([charts.Rank("Zoë <b>", (4,), "6")], title="Minutes & more")))
    assert made.text == "Minutes & more"
    label = Image.open(io.BytesIO(made.png)).convert("L").crop((100 * png.SHARP, 0, 185 * png.SHARP, 22 * png.SHARP))
    assert label.getextrema()[0] < 120


def pictures(mail: EmailMessage) -> dict[str, bytes]:
    """The pictures that a mail holds beside its HTML, by their names."""
    return {
        part["Content-ID"].strip("<>"): part.get_payload(decode=True)
        for part in mail.walk()
        if part.get_content_type() == "image/png"
    }


@pytest.mark.parametrize(
    ("wish", "charts_wanted"),
    [({"report": "users", "name": "Users"}, 2), ({"report": "hours", "format": "csv"}, 3), ({"format": "xlsx"}, 1)],
)
def test_the_mail_of_a_report_shows_its_charts(
    world: World, inbox: Inbox, wish: dict[str, str], charts_wanted: int
) -> None:
    """Whatever its file is: figures and pictures in the mail itself, with words for whoever does not see them; one
    file is attached, and the pictures are none."""
    recent(world, "x", "y")
    scheduled(world, **wish)
    run_everything(world)
    ((_, mail),) = inbox.mails
    found = pictures(mail)
    assert len(found) == charts_wanted
    attachment(mail)  # one, no more
    html = mail.get_body(("html",)).get_content()
    assert re.findall('src="cid:([^"]+)"', html) == list(found)
    assert 'alt="Events over time, 2 in all"' in html
    assert all(Image.open(io.BytesIO(data)).width > 1000 for data in found.values())
    text = mail.get_body(("plain",)).get_content()
    assert "Events over time, 2 in all" in text
    assert "Events: 2" in text.partition("Rows: 2")[2]


def test_a_mail_that_carries_a_link_alone_shows_nothing_of_the_report(world: World, inbox: Inbox) -> None:
    """Its rows open for those who may see them; its figures and pictures do so too."""
    recent(world, "x")
    scheduled(world, attach=False, report="users")
    run_everything(world)
    ((_, mail),) = inbox.mails
    assert pictures(mail) == {}
    assert "cid:" not in mail.get_body(("html",)).get_content()
    assert not fronts.path_of(world.means.folder, Export.objects.get(tenant=world.tenant)).exists()


def test_a_report_whose_pictures_cannot_be_made_is_mailed_all_the_same(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are a help, not the report."""

    def fail(*args: object) -> None:
        raise fronts.RenderFailed("no memory")

    monkeypatch.setattr(fronts, "render", fail)
    recent(world, "x")
    scheduled(world, report="users")
    run_everything(world)
    ((_, mail),) = inbox.mails
    assert pictures(mail) == {}
    attachment(mail)
