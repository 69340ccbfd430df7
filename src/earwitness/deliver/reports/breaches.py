"""The report about policies that were broken."""

from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.parts import Asking, Chart, Figure, Made, Row, Table, minutes, valued
from earwitness.deliver.reports.supervision import TOP, called, people, text_of
from earwitness.model.scope import SUPERVISION

ANY = "breach:*"


def breaches(asking: Asking) -> Made:
    """Which policies were broken, how often, and by whom."""
    whole = asking.reader.count(asking.scope, asking.query(SUPERVISION))
    query, before = asking.query(SUPERVISION, ANY), asking.before.query(SUPERVISION, ANY)
    count = asking.reader.count(asking.scope, query).count
    found = asking.reader.facets(asking.scope, query, ["breach"], TOP).facets["breach"]
    earlier = asking.reader.facets(asking.scope, before, ["breach"], TOP).facets["breach"]
    then = {value.value: value.count for value in earlier}
    hrefs = [asking.href(SUPERVISION, valued("breach", value.value)) for value in found]
    bars = [
        charts.Rank(
            value.value,
            (value.count,),
            number(value.count),
            then.get(value.value, 0),
            href,
            f"{number(value.count)} segments",
        )
        for value, href in zip(found, hrefs, strict=True)
    ]
    rows = tuple(
        Row((value.value, number(value.count), number(then.get(value.value, 0))), href)
        for value, href in zip(found, hrefs, strict=True)
    )
    title = "Segments by the policy they broke; the line on each bar is the period before"
    share = f"{count / whole.count * 100:.1f} %" if whole.count else "0 %"
    return Made(
        figures=(
            asking.figure(SUPERVISION, "Segments that broke a policy", ANY, count),
            Figure("Share of all segments", share, "", asking.href(SUPERVISION, ANY)),
        ),
        charts=(
            Chart("Segments by the policy they broke", charts.ranks(bars, title=title)),
            asking.over_time(SUPERVISION, ANY, "Segments that broke a policy"),
        ),
        tables=(
            Table("Breaches by policy", ("Policy", "Segments", "Period before"), rows, (1, 2)),
            _managers(asking),
        ),
        rows=whole.count,
        gaps=whole.gaps,
    )


def _managers(asking: Asking) -> Table:
    found = people(asking.reader.supervised(asking.scope, asking.query(SUPERVISION, ANY), "manager"))
    rows = tuple(
        Row(
            (called(person.who), number(person.segments), minutes(person.total)),
            asking.href(SUPERVISION, ANY, text_of("manager", person.who)),
        )
        for person in found
    )
    return Table("Breaches by manager", ("Manager", "Segments", "Minutes (min:s)"), rows, (1, 2))
