"""Reports about the activity log."""

from collections.abc import Callable

from earwitness.deliver import charts
from earwitness.deliver.charts.heat import DAYS
from earwitness.deliver.charts.scale import number
from earwitness.deliver.exports.summary import over_time
from earwitness.deliver.reports.parts import Asking, Chart, Figure, Made, Row, Table, change, quoted
from earwitness.model.scope import ACTIVITY

TOP = 25
ALL = 1000
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
    found = asking.reader.facets(asking.scope, query, [column], TOP)
    earlier = asking.reader.facets(asking.scope, asking.before.query(ACTIVITY, text), [column], ALL)
    before = {value.value: value.count for value in earlier.facets[column]}
    values = found.facets[column]
    total = sum(value.count for value in values) + found.other[column]
    total_before = sum(before.values()) + earlier.other[column]
    bars = [
        charts.Rank(
            value.value or "(none)",
            (value.count,),
            number(value.count),
            before.get(value.value, 0),
            asking.href(ACTIVITY, text, f"{field}:{quoted(value.value)}") if value.value else "",
        )
        for value in values
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
            rank.href,
        )
        for value, rank in zip(values, bars, strict=True)
    ]
    if found.other[column]:
        rows.append(Row(("all others", number(found.other[column]), f"{found.other[column] / total * 100:.1f} %", "")))
    labels = (label, "Events", "Share", "Period before")
    return Made(
        figures=(
            Figure("Events", number(total), change(total, total_before), asking.href(ACTIVITY, text)),
            Figure(f"Most by {label.lower()}", (values[0].value or "(none)") if values else "nothing"),
        ),
        charts=(Chart(f"Events by {label.lower()}", charts.ranks(bars, title=title)), _over_time(asking, text)),
        tables=(Table(f"Events by {label.lower()}", labels, tuple(rows), (1, 2, 3)),),
        rows=total,
        gaps=found.gaps,
    )


def _over_time(asking: Asking, text: str = "") -> Chart:
    made = over_time(asking.reader, asking.scope, asking.query(ACTIVITY, text))
    return Chart(made.caption, made.svg)


def week(asking: Asking) -> Made:
    """When people work: the days of the week by the hour."""
    query = asking.query(ACTIVITY)
    found = asking.reader.week(asking.scope, query)
    count = asking.reader.count(asking.scope, query)
    earlier = asking.reader.count(asking.scope, asking.before.query(ACTIVITY)).count
    days = [sum(found.get((day, hour), 0) for hour in range(24)) for day in range(7)]
    busiest = max(found, key=lambda place: found[place], default=None)
    title = "Events by day of the week and hour"
    heat = charts.heat({place: charts.Cell(value) for place, value in found.items()}, title=title)
    night = sum(value for (_, hour), value in found.items() if hour < 6 or hour >= 22)
    when = f"{DAYS[busiest[0]]} {busiest[1]:02d}:00" if busiest else "nothing"
    rows = tuple(
        Row((DAYS[day], *(number(found.get((day, hour), 0)) for hour in range(24)), number(days[day])))
        for day in range(7)
    )
    labels = ("Day", *(f"{hour:02d}" for hour in range(24)), "All")
    return Made(
        figures=(
            Figure("Events", number(count.count), change(count.count, earlier), asking.href(ACTIVITY)),
            Figure("Busiest hour", when),
            Figure("From 22:00 to 06:00", number(night)),
            Figure("At the weekend", number(days[5] + days[6])),
        ),
        charts=(Chart(f"{title} ({asking.tz})", heat),),
        tables=(Table(f"{title} ({asking.tz})", labels, rows, tuple(range(1, 26))),),
        rows=count.count,
        gaps=count.gaps,
    )


def sign_ins(asking: Asking) -> Made:
    """Who signed in, who was refused."""
    good = "sub:login outcome:success,unknown"
    wished = (("Sign-ins", good), ("Refused sign-ins", REFUSED), ("Other refusals", f"{OTHER_REFUSED} -{REFUSED}"))
    figures, tables, rows = [], [], 0
    gaps = asking.reader.count(asking.scope, asking.query(ACTIVITY)).gaps
    for label, text in wished:
        count = asking.reader.count(asking.scope, asking.query(ACTIVITY, text)).count
        before = asking.reader.count(asking.scope, asking.before.query(ACTIVITY, text)).count
        figures.append(Figure(label, number(count), change(count, before), asking.href(ACTIVITY, text)))
        rows += count
        for column, field, name in (("username", "user", "User"), ("user_ip", "ip", "Address")):
            tables.append(_top(asking, column, field, f"{label} by {name.lower()}", text))
    bad = f"{REFUSED} OR {OTHER_REFUSED}"
    chart = _over_time(asking, bad)
    return Made(
        tuple(figures), (chart._replace(caption=f"Refusals: {chart.caption.lower()}"),), tuple(tables), rows, gaps
    )


def configuration(asking: Asking) -> Made:
    """What was changed in the configuration, by whom."""
    made = counted(asking, "username", "user", "User", CONFIGURATION)
    tables = (
        *made.tables,
        _top(asking, "event", "event", "Changes by event", CONFIGURATION),
        _top(asking, "event_object", "object", "Changes by what was changed", CONFIGURATION),
    )
    return made._replace(tables=tables)


def _top(asking: Asking, column: str, field: str, caption: str, text: str) -> Table:
    found = asking.reader.facets(asking.scope, asking.query(ACTIVITY, text), [column], TOP)
    rows = [
        Row(
            (value.value or "(none)", number(value.count)),
            asking.href(ACTIVITY, text, f"{field}:{quoted(value.value)}") if value.value else "",
        )
        for value in found.facets[column]
    ]
    if found.other[column]:
        rows.append(Row(("all others", number(found.other[column]))))
    return Table(caption, (caption.rpartition(" by ")[2].capitalize(), "Events"), tuple(rows), (1,))
