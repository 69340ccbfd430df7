"""Reports about single agents: who was listened to, who was not, and who far more than others."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

from earwitness.accounts import directory
from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.parts import NOT_LINKED, Asking, Chart, Figure, Made, Row, Table, minutes, quoted
from earwitness.deliver.reports.supervision import TOP, Person, called, people, text_of
from earwitness.model.scope import SUPERVISION

DISPROPORTIONATE = 2.0


def coverage(asking: Asking) -> Made:
    """Which agents nobody listened to: those with an extension whom the viewer may see."""
    query = asking.query(SUPERVISION)
    heard: dict[str, list[Person]] = defaultdict(list)
    for person in people(asking.reader.supervised(asking.scope, query, "agent")):
        heard[person.who.extension].append(person)
    known = {
        extension: person
        for extension, person in directory.at_extensions(asking.scope.tenant).items()
        if asking.scope.desks is None or set(person.desks) & asking.scope.desks
    }
    missing = sorted((e, p) for e, p in known.items() if e not in heard)
    found = sorted((e, p) for e, p in known.items() if e in heard)
    rows = tuple(Row((p.name or p.username, e, ", ".join(p.desks))) for e, p in missing)
    share = len(found) / len(known) * 100 if known else 0
    count = asking.reader.count(asking.scope, query)
    labels = ("Agent", "Extension", "Desks", "Segments", "Minutes (min:s)")
    return Made(
        figures=(
            Figure("Agents with an extension", number(len(known))),
            Figure("Listened to", f"{len(found)} ({share:.0f} %)"),
            Figure("Not listened to", number(len(missing))),
        ),
        charts=(_by_desk(known, heard),),
        tables=(
            Table("Agents whom nobody listened to", ("Agent", "Extension", "Desks"), rows),
            Table(
                "Agents who were listened to", labels, tuple(_heard(asking, e, p, heard[e]) for e, p in found), (3, 4)
            ),
        ),
        rows=count.count,
        gaps=count.gaps,
        notes=("Agents are the people of Settings > Users who have an extension.", *asking.on_page(NOT_LINKED)),
    )


def _heard(asking: Asking, extension: str, person: directory.Person, found: list[Person]) -> Row:
    href = asking.href(SUPERVISION, f"extension:{quoted(extension)}")
    segments = sum(each.segments for each in found)
    total = minutes(sum(each.total for each in found))
    cells = (person.name or person.username, extension, ", ".join(person.desks), number(segments), total)
    return Row(cells, href, {3: href})


def _by_desk(known: Mapping[str, directory.Person], heard: Mapping[str, list[Person]]) -> Chart:
    """Return how many agents of each desk were listened to, and how many were not."""
    desks: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for extension, person in known.items():
        for desk in person.desks or ("(no desk)",):
            desks[desk][0 if extension in heard else 1] += 1
    bars = [charts.Rank(desk, parts, f"{parts[0]} of {sum(parts)}") for desk, parts in sorted(desks.items())]
    title = "Agents by desk, listened to and not"
    legend = charts.keys("Listened to", "Not")
    return Chart(title, charts.ranks(bars[:TOP], title=title, legend=legend))


def fairness(asking: Asking) -> Made:
    """Who is listened to far more than others."""
    query = asking.query(SUPERVISION)
    found = people(asking.reader.supervised(asking.scope, query, "agent"))
    middle = median(p.total for p in found) if found else 0
    many = [p for p in found if middle and p.total > DISPROPORTIONATE * middle]
    bars = [
        charts.Rank(
            called(p.who),
            (p.total / 60_000,),
            minutes(p.total),
            middle / 60_000,
            asking.href(SUPERVISION, text_of("agent", p.who)),
            f"{number(p.segments)} segments",
        )
        for p in found[:TOP]
    ]
    rows = tuple(
        Row(
            (
                called(p.who),
                minutes(p.total),
                number(p.segments),
                f"{p.total / middle:.1f} ×" if middle else "",
                "yes" if p in many else "",
            ),
            asking.href(SUPERVISION, text_of("agent", p.who)),
            {2: asking.href(SUPERVISION, text_of("agent", p.who))},
        )
        for p in found
    )
    labels = ("Agent", "Minutes", "Segments", "Against the median", "More than double")
    count = asking.reader.count(asking.scope, query)
    return Made(
        figures=(
            Figure("Median minutes of an agent", minutes(middle)),
            Figure("More than double the median", number(len(many))),
        ),
        charts=(
            Chart(
                "Minutes by agent", charts.ranks(bars, title="Minutes by agent; the line is the median of all agents")
            ),
        ),
        tables=(Table("Minutes by agent", labels, rows, (1, 2, 3)),),
        rows=count.count,
        gaps=count.gaps,
        notes=asking.on_page(NOT_LINKED),
    )
