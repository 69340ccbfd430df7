"""Reports about supervision sessions: how soon a barge came, and where nobody said why."""

from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.parts import Asking, Chart, Figure, Made, Row, Table, minutes
from earwitness.deliver.reports.supervision import TOP, called, text_of
from earwitness.model.scope import SUPERVISION


def barges(asking: Asking) -> Made:
    """How soon managers barge in."""
    query = asking.query(SUPERVISION)
    everyone = sorted(asking.reader.sessions(asking.scope, query), key=lambda s: (-s.barged, called(s.who)))
    found = [one for one in everyone if one.barged]
    hrefs = [asking.href(SUPERVISION, "action:barge", text_of("manager", s.who)) for s in found]
    rows = tuple(
        Row(
            (
                called(s.who),
                number(s.sessions),
                number(s.barged),
                number(s.barge_segments),
                minutes(s.median_ms or 0),
                minutes(s.longest_ms or 0),
            ),
            href,
            {3: href},
        )
        for s, href in zip(found, hrefs, strict=True)
    )
    everything, barged = sum(s.sessions for s in everyone), sum(s.barged for s in everyone)
    bars = [
        charts.Rank(
            called(s.who),
            ((s.median_ms or 0) / 1000,),
            minutes(s.median_ms or 0),
            None,
            href,
            f"{number(s.barge_segments)} barge segments",
        )
        for s, href in zip(found[:TOP], hrefs, strict=False)
    ]
    count = asking.reader.count(asking.scope, query)
    share = barged / everything * 100 if everything else 0
    segments = sum(s.barge_segments for s in everyone)
    return Made(
        figures=(
            Figure("Sessions", number(everything)),
            Figure("With a barge", f"{number(barged)} ({share:.0f} %)"),
            Figure("Barge segments", number(segments), "", asking.href(SUPERVISION, "action:barge")),
        ),
        charts=(
            Chart(
                "Median time from the start of a session to its barge",
                charts.ranks(bars, title="Median seconds until the barge, by manager"),
            ),
            asking.over_time(SUPERVISION, "action:barge"),
        ),
        tables=(
            Table(
                "Time to barge by manager",
                ("Manager", "Sessions", "With a barge", "Barge segments", "Median (min:s)", "Longest (min:s)"),
                rows,
                (1, 2, 3, 4, 5),
            ),
        ),
        rows=count.count,
        gaps=count.gaps,
    )


SILENT = 'reason:""'


def reasons(asking: Asking) -> Made:
    """Sessions for which nobody gave a reason."""
    query = asking.query(SUPERVISION)
    found = sorted(asking.reader.sessions(asking.scope, query), key=lambda s: (-s.without_reason, called(s.who)))
    everything, without = sum(s.sessions for s in found), sum(s.without_reason for s in found)
    hrefs = [asking.href(SUPERVISION, SILENT, text_of("manager", s.who)) for s in found]
    rows = tuple(
        Row(
            (
                called(s.who),
                number(s.sessions),
                number(s.without_reason),
                f"{s.without_reason / s.sessions * 100:.0f} %",
                number(s.segments_without_reason),
            ),
            href,
            {4: href},
        )
        for s, href in zip(found, hrefs, strict=True)
        if s.without_reason
    )
    bars = [
        charts.Rank(
            called(s.who),
            (s.sessions - s.without_reason, s.without_reason),
            f"{s.without_reason} of {s.sessions}",
            None,
            href,
            f"{number(s.segments_without_reason)} segments without a reason",
        )
        for s, href in zip(found[:TOP], hrefs, strict=False)
    ]
    count = asking.reader.count(asking.scope, query)
    share = without / everything * 100 if everything else 0
    segments = sum(s.segments_without_reason for s in found)
    return Made(
        figures=(
            Figure("Sessions", number(everything)),
            Figure("Without a reason", f"{number(without)} ({share:.0f} %)"),
            Figure("Segments without a reason", number(segments), "", asking.href(SUPERVISION, SILENT)),
        ),
        charts=(
            Chart(
                "Sessions with and without a reason",
                charts.ranks(bars, title="Sessions by manager, with and without a reason", legend=("With", "Without")),
            ),
            asking.over_time(SUPERVISION, SILENT),
        ),
        tables=(
            Table(
                "Sessions without a reason by manager",
                ("Manager", "Sessions", "Without a reason", "Share", "Segments without a reason"),
                rows,
                (1, 2, 3, 4),
            ),
        ),
        rows=count.count,
        gaps=count.gaps,
    )
