"""Reports about the activity log."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from earwitness.deliver import charts
from earwitness.deliver.charts.heat import DAYS
from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.parts import Asking, Chart, Figure, Made, Row, Table, change, others, valued
from earwitness.model.scope import ACTIVITY
from earwitness.search.answers import Facets, Value

TOP = 25  # bars in a chart, values in a further table
LISTED = 200  # values in the table behind the chart
ENDED_BADLY = "outcome:failure,denied"
LOOKED = "source:earwitness event:search,params_opened"
REFUSED = "sub:login_failed,login_refused,locked"
OTHER_REFUSED = "outcome:denied"
CONFIGURATION = (
    "(source:earwitness event:user,role,desk,api_key,tenant,setup,saved_search,scheduled_report,alert,forward,"
    "retention,redaction,source) OR (-source:earwitness,asterisk sub:create,update,delete,grant,revoke,publish,pause)"
)


def by(column: str, field: str, label: str) -> Callable[[Asking], Made]:
    """Return a report of the activity by the values of one column."""

    def make(asking: Asking) -> Made:
        return counted(asking, column, field, label)

    return make


def counted(asking: Asking, column: str, field: str, label: str, text: str = "") -> Made:
    """Count the rows of a text by the values of a column, beside the period before."""
    query = asking.query(ACTIVITY, text)
    found = asking.reader.facets(asking.scope, query, [column], LISTED)
    values = found.facets[column]
    shown = [value.value for value in values]
    earlier = asking.reader.facets(asking.scope, asking.before.query(ACTIVITY, text), [column], LISTED, only=shown)
    before = {value.value: value.count for value in earlier.facets[column]}
    total, total_before = found.rows(column), earlier.rows(column)
    hrefs = [asking.href(ACTIVITY, text, valued(field, value.value)) for value in values]
    bars = [
        charts.Rank(
            value.value or "(none)",
            (value.count,),
            number(value.count),
            before.get(value.value, 0),
            href,
            f"{number(value.count)} events",
        )
        for value, href in zip(values[:TOP], hrefs, strict=False)
    ]
    title = f"Events by {label.lower()}; the line on each bar is the period before"
    rows = [
        Row(
            (
                value.value or "(none)",
                number(value.count),
                f"{value.count / total * 100:.1f} %",
                number(before.get(value.value, 0)),
            ),
            href,
            {3: asking.before.href(ACTIVITY, text, valued(field, value.value))} if before.get(value.value) else {},
        )
        for value, href in zip(values, hrefs, strict=True)
    ]
    if found.other[column]:
        rest = others(field, shown)
        cells = ("all others", number(found.other[column]), f"{found.other[column] / total * 100:.1f} %", "")
        rows.append(Row(cells, asking.href(ACTIVITY, text, rest) if rest else ""))
    labels = (label, "Events", "Share", "Period before")
    return Made(
        figures=(
            Figure("Events", number(total), change(total, total_before), asking.href(ACTIVITY, text)),
            Figure(f"Most by {label.lower()}", _most(values), "", hrefs[0] if hrefs else ""),
        ),
        charts=(Chart(f"Events by {label.lower()}", charts.ranks(bars, title=title)), asking.over_time(ACTIVITY, text)),
        tables=(Table(f"Events by {label.lower()}", labels, tuple(rows), (1, 2, 3)),),
        rows=total,
        gaps=found.gaps,
    )


def _most(values: Sequence[Value]) -> str:
    return (values[0].value or "(none)") if values else "nothing"


def week(asking: Asking) -> Made:
    """When people work: the days of the week by the hour."""
    query = asking.query(ACTIVITY)
    found = asking.reader.week(asking.scope, query)
    count = asking.reader.count(asking.scope, query)
    days = [sum(found.get((day, hour), 0) for hour in range(24)) for day in range(7)]
    busiest = max(found, key=lambda place: found[place], default=None)
    title = "Events by day of the week and hour"
    cells = {place: charts.Cell(value, asking.href(ACTIVITY, _hour(*place))) for place, value in found.items()}
    heat = charts.heat(cells, title=title)
    night = sum(value for (_, hour), value in found.items() if hour < 6 or hour >= 22)
    when = f"{DAYS[busiest[0]]} {busiest[1]:02d}:00" if busiest else "nothing"
    rows = tuple(
        Row(
            (DAYS[day], *(number(found.get((day, hour), 0)) for hour in range(24)), number(days[day])),
            hrefs={hour + 1: asking.href(ACTIVITY, _hour(day, hour)) for hour in range(24) if found.get((day, hour))}
            | ({25: asking.href(ACTIVITY, f"weekday:{day + 1}")} if days[day] else {}),
        )
        for day in range(7)
    )
    labels = ("Day", *(f"{hour:02d}" for hour in range(24)), "All")
    return Made(
        figures=(
            asking.figure(ACTIVITY, "Events", count=count.count),
            Figure("Busiest hour", when, "", asking.href(ACTIVITY, _hour(*busiest)) if busiest else ""),
            Figure("From 22:00 to 06:00", number(night), "", asking.href(ACTIVITY, "hour:22..23,0..5")),
            Figure("At the weekend", number(days[5] + days[6]), "", asking.href(ACTIVITY, "weekday:6..7")),
        ),
        charts=(Chart(f"{title} ({asking.tz})", heat), _hours_of_the_day(asking, found), asking.over_time(ACTIVITY)),
        tables=(Table(f"{title} ({asking.tz})", labels, rows, tuple(range(1, 26))),),
        rows=count.count,
        gaps=count.gaps,
    )


def _hours_of_the_day(asking: Asking, found: Mapping[tuple[int, int], int]) -> Chart:
    """Return how the hours of the day go, on working days and at the weekend."""
    sorts = (("Monday to Friday", range(5), "weekday:1..5"), ("Weekend", range(5, 7), "weekday:6..7"))
    names = [f"{hour:02d}:00 to {(hour + 1) % 24:02d}:00" for hour in range(24)]
    series = [
        charts.Series(
            key,
            [sum(found.get((day, hour), 0) for day in days) for hour in range(24)],
            [asking.href(ACTIVITY, f"{text} hour:{hour}") for hour in range(24)],
        )
        for key, (_, days, text) in zip(charts.keys(*(name for name, _, _ in sorts)), sorts, strict=True)
    ]
    title = "Events by hour of the day, on working days and at the weekend"
    ticks = [charts.Tick((hour + 0.5) / 24, f"{hour:02d}:00") for hour in range(0, 24, 3)]
    rows = tuple(
        Row(
            (name, *(number(one.values[hour]) for one in series)),
            hrefs={place: one.hrefs[hour] for place, one in enumerate(series, 1) if one.values[hour]},
        )
        for hour, name in enumerate(names)
    )
    return Chart(
        f"{title} ({asking.tz})",
        charts.lines(series, title=title, names=names, ticks=ticks),
        Table(title, ("Hour", *(one.key.name for one in series)), rows, (1, 2)),
    )


def _hour(day: int, hour: int) -> str:
    return f"weekday:{day + 1} hour:{hour}"


def sign_ins(asking: Asking) -> Made:
    """Who signed in, who was refused."""
    good = "sub:login outcome:success,unknown"
    wished = (("Sign-ins", good), ("Refused sign-ins", REFUSED), ("Other refusals", f"{OTHER_REFUSED} -{REFUSED}"))
    tops = [
        _top(asking, text, Shown("username", "user", f"{label} by user"), Shown("user_ip", "ip", f"{label} by address"))
        for label, text in wished
    ]
    return Made(
        tuple(asking.figure(ACTIVITY, *wish, top.rows) for wish, top in zip(wished, tops, strict=True)),
        (asking.over_time(ACTIVITY, f"{REFUSED} OR {OTHER_REFUSED}", "Refusals"),),
        tuple(table for top in tops for table in top.tables),
        sum(top.rows for top in tops),
        asking.reader.gaps(asking.scope, asking.query(ACTIVITY)),
    )


def configuration(asking: Asking) -> Made:
    """What was changed in the configuration, by whom."""
    made = counted(asking, "username", "user", "User", CONFIGURATION)
    tops = _top(
        asking,
        CONFIGURATION,
        Shown("event", "event", "Changes by event"),
        Shown("event_object", "object", "Changes by what was changed"),
    )
    return made._replace(tables=(*made.tables, *tops.tables))


class Shown(NamedTuple):
    """A table of the most frequent values: of which column, by which field they are searched, what it is called."""

    column: str
    field: str
    caption: str


class Top(NamedTuple):
    """The most frequent values of some columns, a table each; rows: how many rows there are in all."""

    tables: tuple[Table, ...]
    rows: int


def _top(asking: Asking, text: str, *shown: Shown) -> Top:
    """Count the rows of a text by some columns in one look."""
    found = asking.reader.facets(asking.scope, asking.query(ACTIVITY, text), [each.column for each in shown], TOP)
    return Top(tuple(_table(asking, text, found, each) for each in shown), found.rows(shown[0].column))


def _table(asking: Asking, text: str, found: Facets, shown: Shown) -> Table:
    column, field, caption = shown
    rows = [
        Row(
            (value.value or "(none)", number(value.count)),
            asking.href(ACTIVITY, text, valued(field, value.value)),
        )
        for value in found.facets[column]
    ]
    if found.other[column]:
        rest = others(field, [value.value for value in found.facets[column]])
        href = asking.href(ACTIVITY, text, rest) if rest else ""
        rows.append(Row(("all others", number(found.other[column])), href))
    return Table(caption, (caption.rpartition(" by ")[2].capitalize(), "Events"), tuple(rows), (1,))
