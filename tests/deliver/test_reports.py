"""Reports add up, stay within what their reader may see, and lead to the rows they count."""

import datetime as dt
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from earwitness.accounts.models import Role
from earwitness.deliver import charts, periods
from earwitness.deliver.charts.heat import shade
from earwitness.deliver.models import PersonalReport
from earwitness.deliver.reports import actions, catalog, files, parts
from earwitness.deliver.reports.overview import overview
from earwitness.deliver.reports.parts import Asking, Made, change, minutes
from earwitness.deliver.reports.supervision import MODES
from earwitness.model.problem import Forbidden, Invalid
from earwitness.search import Query
from earwitness.web.dashboard import figures

from .conftest import World, at
from .test_calls import body
from .test_formats import pdf_text

SPAN = periods.Span(dt.datetime(2026, 11, 2, tzinfo=dt.UTC), dt.datetime(2026, 11, 9, tzinfo=dt.UTC))


def made(world: World, name: str, who: str = "ada", tz: str = "UTC") -> Made:
    return catalog.find(name).make(Asking(world.reader, world.access(who).scope, SPAN, tz))


def busy(world: World) -> None:
    """A week with two users, sign-ins, a change, and the week before with one."""
    week = 7 * 86_400
    world.events(
        *({"username": "ana"} for _ in range(6)),
        *({"username": "ben", "created": at(3 * 86_400 + n)} for n in range(3)),
        {"username": "ana", "created": at(-week)},
        {"username": "eve", "event": "user_session", "sub_event": "login_failed", "outcome": "denied", "source": "x"},
        {"username": "ana", "event": "user_session", "sub_event": "login"},
        {"username": "ada", "source": "earwitness", "event": "role", "sub_event": "update", "event_object": "role:R"},
    )
    world.segments(
        {"session_id": "0190a3c8-5d3e-7c1a-9f00-00000000000a"},
        {
            "session_id": "0190a3c8-5d3e-7c1a-9f00-00000000000a",
            "action": "barge",
            "started_at": at(80),
            "duration_ms": 60_000,
        },
        {"agent_extension": "1002", "agent_name": "Ion", "duration_ms": 300_000, "reason": "coaching"},
        {
            "manager_extension": "2002",
            "manager_name": "Sam",
            "manager_username": "sam",
            "desks": ["Sales"],
            "breaches": ["no-listen", "outside-hours"],
        },
    )


def counted(world: World, href: str, stream: str = "") -> str:
    """How many rows the page shows that an address leads to."""
    parts = urlsplit(href)
    given = {key: values[0] for key, values in parse_qs(parts.query).items()}
    start, end = (dt.datetime.fromisoformat(given[key]) for key in ("from", "to"))
    query = Query(parts.path.strip("/"), given.get("q", ""), start, end, given.get("tz", "UTC"))
    return f"{world.reader.count(world.access('ada').scope, query).count:,}"


def marks(report: Made) -> Iterator[tuple[str, str]]:
    """Yield (address, number it says) of what a report shows: some of each picture, of each table, and all figures."""
    for chart in report.charts:
        for href, label in re.findall(r'<a[^>]* href="([^"]+)" aria-label="([^"]+)"', chart.svg)[:5]:
            found = re.search(r"([\d,]+) (?:events|(?:barge )?segments)(?: without a reason)?$", html.unescape(label))
            assert found, label
            yield html.unescape(href), found[1]
    names = {"Segments", "Events", "Barge segments", "Segments without a reason", "All", "09", *MODES}
    for table in [*report.tables, *(chart.table for chart in report.charts if chart.table)]:
        for place, name in enumerate(table.labels):
            for row in (*table.rows[:3], *table.rows[-2:]):
                href = row.hrefs.get(place) or ("" if name in MODES else row.href)
                if name in names and href and ":" not in row.cells[place]:
                    yield href, row.cells[place]
    for figure in report.figures:
        if figure.href and re.fullmatch(r"[\d,]+", figure.value):
            yield figure.href, figure.value


def test_every_mark_and_figure_leads_to_as_many_rows_as_it_says(world: World) -> None:
    """Bars, cells of the week, parts of a stack, rows and cells of tables: their number is the total of the page."""
    busy(world)
    world.segments({"manager_username": "", "agent_name": 'E"va*', "agent_extension": "", "reason": "coaching"})
    said: dict[str, str] = {}
    for report in catalog.REPORTS:
        for href, number in marks(made(world, report.name, tz="America/New_York")):
            assert said.setdefault(href, number) == number, (report.name, href)
    for href, number in said.items():
        assert counted(world, href) == number, parse_qs(urlsplit(href).query)
    assert len(said) > 60


def test_a_cell_of_the_week_leads_to_its_hour(world: World) -> None:
    """Monday 08:00, in the table and in the picture alike."""
    world.events({}, {}, {"created": "2026-11-03 08:30:00.000000"})
    report = made(world, "hours")
    days = report.charts[1]
    assert days.table
    assert days.table.rows[8].cells == ("08:00 to 09:00", "3", "0")
    assert counted(world, days.table.rows[8].hrefs[1]) == "3"
    points = re.findall(r'<a class="bar" href="([^"]+)" aria-label="08:00 to 09:00, ([^:]+): (\d+) events"', days.svg)
    assert [(name, count) for _, name, count in points] == [("Monday to Friday", "3"), ("Weekend", "0")]
    assert [counted(world, html.unescape(href)) for href, _, _ in points] == ["3", "0"]
    table = report.tables[0]
    assert table.rows[0].cells[9] == "2"
    assert counted(world, table.rows[0].hrefs[9]) == "2"
    assert counted(world, table.rows[0].hrefs[25]) == "2"
    assert 8 not in table.rows[0].hrefs


def test_the_dashboard_shows_both_logs_over_any_range(world: World) -> None:
    """Today at first; any range, zone and search; what a person may not see is not there."""
    busy(world)
    page = world.client("ada").get("/?from=2026-11-02&to=2026-11-09").content.decode()
    for part in ("Events over time", "Most active users", "Minutes supervised", "Segments over time by mode", "6:25"):
        assert part in page
    assert "/reports/overview/file?" in page
    assert world.client("ada").get("/").status_code == 200
    assert world.client("ada").get("/?q=%22open").status_code == 400
    assert world.client("ada").get("/?from=nonsense").status_code == 400
    narrowed = world.client("ada").get("/?from=2026-11-02&to=2026-11-09&q=source:asterisk").content.decode()
    assert "Nothing in this range." in narrowed
    narrowed = world.client("ada").get("/?from=2026-11-02&to=2026-11-09&q=event:role").content.decode()
    assert "Most active users" in narrowed
    assert "Minutes supervised" not in narrowed
    role = Role.objects.create(tenant=world.tenant, name="w", permissions=["show_whisper_log", "show_all_desks"])
    world.people["sam"].roles.set([role])
    page = world.client("sam").get("/?from=2026-11-02&to=2026-11-09").content.decode()
    assert "Minutes supervised" in page
    assert "Most active users" not in page
    assert "/reports/overview/file?" not in page
    assert "What you did last" in world.client("alex").get("/").content.decode()


def test_a_gap_is_told_and_shaded_in_the_zone_of_the_report(world: World, tmp_path: Path) -> None:
    """On the page, in the charts over time, on paper: which switch, from when to when."""
    busy(world)
    world.gaps({})
    given = "from=2026-11-02&to=2026-11-09&tz=Europe/Bucharest"
    for address in ("/", "/reports/managers", "/reports/users"):
        page = plain(world.client("ada").get(f"{address}?{given}").content.decode())
        assert "asterisk hq could not be heard from 2026-11-02 10:10:00 to 2026-11-02 10:11:00" in page, address
        assert 'class="gap"' in world.client("ada").get(f"{address}?{given}").content.decode()
    paper = tmp_path / "x.pdf"
    paper.write_bytes(body(world.client("ada").get(f"/reports/managers/file?format=pdf&{given}")))
    told = "The switch hq could not be heard, from 2026-11-02 10:10:00 to 2026-11-02 10:11:00"
    assert told in " ".join(pdf_text(paper).split())


def plain(page: str) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def test_the_bars_of_the_dashboard_are_as_long_as_what_they_are_sorted_by(world: World) -> None:
    """One long segment outweighs two short ones."""
    world.segments(
        {"duration_ms": 2000},
        {"duration_ms": 2000},
        {"duration_ms": 40_000, "manager_extension": "2009", "manager_name": "Zed", "manager_username": "zed"},
    )
    asking = Asking(world.reader, world.access("ada").scope, SPAN, "UTC")
    tops = figures.lines(overview(asking).tables[-1])
    assert [(line.text, line.figure) for line in tops] == [
        ("Zed (2009)", "1 · 0:40"),
        ("Maria Rossi (2001)", "2 · 0:04"),
    ]
    assert ['width="100%"' in line.share.split("column")[1] for line in tops] == [True, False]
    assert 'width="10%"' in tops[1].share


def test_activity_by_user_is_compared_with_the_period_before(world: World) -> None:
    """Six and one of ana, three of ben; one of ana the week before."""
    busy(world)
    found = made(world, "users")
    assert [row.cells for row in found.tables[0].rows][:2] == [
        ("ana", "7", "58.3 %", "1"),
        ("ben", "3", "25.0 %", "0"),
    ]
    assert found.figures[0].before == "1 in the period before"
    assert all("<svg" in chart.svg for chart in found.charts)


def test_who_was_one_of_very_many_in_the_period_before_is_compared_too(world: World) -> None:
    """A thousand others did more then."""
    world.events(
        {"username": "zoe"},
        {"username": "zoe", "created": at(-86_400)},
        *({"username": f"user{n % 1000}", "created": at(-86_400 - n)} for n in range(2000)),
    )
    found = made(world, "users")
    assert [row.cells for row in found.tables[0].rows] == [("zoe", "1", "100.0 %", "1")]
    assert found.tables[0].rows[0].hrefs[3]


def test_the_week_is_that_of_the_zone(world: World) -> None:
    """Monday 22:30 UTC is Tuesday 00:30 in Bucharest."""
    world.events({"created": "2026-11-02 22:30:00.000000"})
    assert world.reader.week(world.access("ada").scope, Query(tz="Europe/Bucharest")) == {(1, 0): 1}
    table = made(world, "hours", tz="Europe/Bucharest").tables[0]
    assert table.rows[1].cells[:2] == ("Tue", "1")
    assert [shade(v, 10) for v in (0, 1, 5, 10)] == [0, 1, 3, 5]


def test_sign_ins_refusals_and_changes_are_found(world: World) -> None:
    """Of Earwitness itself and of the applications that report to it."""
    busy(world)
    figures = {figure.label: figure.value for figure in made(world, "sign-ins").figures}
    assert figures == {"Sign-ins": "1", "Refused sign-ins": "1", "Other refusals": "0"}
    rows = {row.cells[0]: row.cells[1] for row in made(world, "configuration").tables[0].rows}
    assert rows == {"ana": "6", "ben": "3", "ada": "1"}


def test_minutes_by_manager_and_mode(world: World) -> None:
    """Listened 12.5 s and 5 min, barged a minute; each mode in its column."""
    busy(world)
    found = made(world, "managers")
    assert [row.cells for row in found.tables[0].rows] == [
        ("Maria Rossi (2001)", "5:12", "0:00", "1:00", "0:00", "6:12", "3", "0:00"),
        ("Sam (2002)", "0:12", "0:00", "0:00", "0:00", "0:12", "1", "0:00"),
    ]
    barges = made(world, "barges")
    assert [row.cells for row in barges.tables[0].rows] == [("Maria Rossi (2001)", "2", "1", "1", "0:20", "0:20")]
    assert barges.charts[1].caption.startswith("Barge segments over time (UTC)")
    without = made(world, "reasons")
    assert without.figures[1].value == "2 (67 %)"


def test_breaches_are_counted_by_policy_and_manager(world: World) -> None:
    """A segment that broke two policies counts for each, and once for its manager."""
    busy(world)
    world.segments({"breaches": ["no-listen"], "duration_ms": 60_000})
    found = made(world, "breaches")
    assert [row.cells for row in found.tables[0].rows] == [("no-listen", "2", "0"), ("outside-hours", "1", "0")]
    assert [row.cells for row in found.tables[1].rows] == [
        ("Maria Rossi (2001)", "1", "1:00"),
        ("Sam (2002)", "1", "0:12"),
    ]
    assert found.figures[0].value == "2"


def test_a_supervisor_s_report_counts_the_own_desk(world: World) -> None:
    """Scope holds in sums as in rows."""
    busy(world)
    role = Role.objects.create(tenant=world.tenant, name="x", permissions=["show_whisper_log", "show_activity_log"])
    world.people["sam"].roles.set([role])
    assert [row.cells[0] for row in made(world, "managers", "sam").tables[0].rows] == ["Maria Rossi (2001)"]


def test_fairness_and_coverage_name_the_agents(world: World) -> None:
    """Who is listened to more than double the median, and whom nobody listened to."""
    busy(world)
    world.people["alex"].extensions = ["1003"]
    world.people["alex"].save()
    world.segments({"agent_extension": "1004", "agent_name": "Eva"}, {"agent_extension": "1005", "agent_name": "Dan"})
    rows = {row.cells[0]: row.cells[-1] for row in made(world, "fairness").tables[0].rows}
    assert rows["Ion (1002)"] == "yes"
    assert rows["Eva (1004)"] == ""
    assert [row.cells[1] for row in made(world, "coverage").tables[0].rows] == ["1003"]


def test_reports_about_single_agents_are_off_until_a_purpose_is_recorded(world: World) -> None:
    """An administrator turns each on; until then nobody sees it, and its existence says nothing."""
    audrey, ada = world.client("audrey"), world.client("ada")
    assert audrey.get("/reports/agents").status_code == 403
    assert "Minutes by agent" not in audrey.get("/reports").content.decode()
    page = ada.get("/reports/agents").content.decode()
    assert "Purpose" in page
    assert ada.post("/reports/agents/on", {"purpose": "x"}).status_code == 422
    assert audrey.post("/reports/agents/on", {"purpose": "Agreed with the works council"}).status_code == 403
    assert ada.post("/reports/agents/on", {"purpose": "Agreed with the works council"}).status_code == 302
    event = world.log.last()
    assert (event["event"], event["sub_event"], event["comments"]) == (
        "report",
        "turn_on",
        "Agreed with the works council",
    )
    assert audrey.get("/reports/agents").status_code == 200
    assert ada.post("/reports/agents/off").status_code == 302
    assert audrey.get("/reports/agents").status_code == 403
    with pytest.raises(Invalid):
        actions.turn_on(world.actor("ada"), catalog.find("fairness"), " ")
    with pytest.raises(Forbidden):
        actions.permit(world.access("audrey"), catalog.find("fairness"))


def test_every_report_page_is_shown_with_rows_and_without(world: World) -> None:
    """In any range and zone, narrowed or not; a mistake in the search is told at its field."""
    client = world.client("ada")
    for report in catalog.REPORTS:
        if report.personal:
            PersonalReport.objects.create(tenant=world.tenant, report=report.name, purpose="test", username="ada")
    for _ in range(2):
        for report in catalog.REPORTS:
            address = f"/reports/{report.name}?from=2026-11-01&to=2026-11-20&tz=Europe/Bucharest"
            answer = client.get(address)
            assert answer.status_code == 200, (report.name, answer.content[:500])
            assert report.title in answer.content.decode()
        busy(world)
    assert client.get("/reports/users?q=%22open").status_code == 400
    assert client.get("/reports/users?from=nonsense").status_code == 400
    assert client.get("/reports/users?from=2020-01-01").status_code == 400
    assert client.get("/reports/nothing").status_code == 404
    assert world.client("alex").get("/reports/users").status_code == 403
    page = client.get("/reports/users?from=2026-11-01&to=2026-11-20").content.decode()
    svg = re.search(r"<svg class=\"chart ranks\".*?</svg>", page, re.DOTALL)
    assert svg
    assert 'aria-label="' in svg[0]


def test_a_report_is_the_same_in_every_file(world: World, tmp_path: Path) -> None:
    """CSV holds the first table, XLSX a sheet for each, PDF the figures, the charts and the tables."""
    busy(world)
    client = world.client("ada")
    address = "/reports/managers/file?from=2026-11-02&to=2026-11-09&format="
    text = body(client.get(address + "csv")).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("Maria Rossi (2001),5:12,0:00,1:00")
    assert "Report: Minutes by manager" in text.splitlines()[0]
    assert "This file holds" not in text
    several = body(client.get(address.replace("managers", "sign-ins") + "csv")).decode("utf-8-sig")
    assert "This file holds Sign-ins by user; XLSX and PDF hold all 6 tables" in several.splitlines()[0]
    book = openpyxl.load_workbook(io.BytesIO(body(client.get(address + "xlsx"))))
    assert book.sheetnames[0] == "About"
    assert [cell.value for cell in list(book.worksheets[1].iter_rows())[1]][:2] == ["Maria Rossi (2001)", "5:12"]
    out = tmp_path / "r.pdf"
    out.write_bytes(body(client.get(address + "pdf")))
    paper = pdf_text(out)
    assert "Minutes by manager" in paper
    assert "Maria Rossi (2001)" in paper
    assert "6:12" in paper
    assert world.log.acts()[-1] == "report.export"
    assert json.dumps(world.log.last()["params"])
    assert client.get(address + "doc").status_code == 422
    assert world.client("sam").get(address + "csv").status_code in (200, 403)


def test_a_figure_stands_clear_of_the_mark_of_the_period_before() -> None:
    """A mark just behind the end of a bar would strike the figure through."""
    chart = charts.ranks([charts.Rank("a", (100,), "246:51", 104), charts.Rank("b", (100,), "1", 100)], title="x")
    marks_at = [float(x) for x in re.findall(r'class="behind" x1="([\d.]+)"', chart)]
    figures_at = [float(x) for x in re.findall(r'class="figure" x="([\d.]+)"', chart)]
    assert all(figure > mark for figure, mark in zip(figures_at, marks_at, strict=True))


def test_what_leads_nowhere_is_said_on_the_page_and_not_on_paper(world: World) -> None:
    """Counts of people and of sessions: the log lists segments."""
    busy(world)
    assert parts.NOT_LINKED in made(world, "barges").notes
    address = "/reports/barges?from=2026-11-02&to=2026-11-09"
    client = world.client("ada")
    assert html.escape(parts.NOT_LINKED) in client.get(address).content.decode()
    paper = body(client.get(address.replace("?", "/file?format=csv&"))).decode("utf-8-sig")
    assert "lead to their rows" not in paper


def test_words_for_changes_and_minutes() -> None:
    """As people say them."""
    assert change(2, 1) == "100 % more than in the period before"
    assert change(1, 0) == "none in the period before"
    assert change(9, 1) == "800 % more than in the period before"
    assert change(60_100, 3, "a week before") == "3 a week before"
    assert change(6_010_000, 61_500, told=minutes) == "1:02 in the period before"
    assert change(1, 60_100) == "100 % less than in the period before"
    assert change(1, 1) == "as in the period before"
    assert minutes(61_500) == "1:02"
    assert files.span_of(None, None, SPAN.end).start == SPAN.end - dt.timedelta(days=30)
