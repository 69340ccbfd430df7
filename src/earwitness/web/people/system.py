"""Settings > System: what runs here, and who is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness import __version__
from earwitness.accounts import questions
from earwitness.web.doors import access_of, page
from earwitness.web.people.browsers import described


@page("admin", *questions.SEE_SESSIONS)
def show(request: HttpRequest) -> HttpResponse:
    """Facts about this server for administrators; live sessions for those who may see them."""
    who = access_of(request)
    context = {
        "facts": _facts() if who.has("admin") else [],
        "sessions": described(questions.live_sessions(who, current_key=request.session.session_key)),
        "may_end": who.has("terminate_current_session"),
    }
    return render(request, "people/system.html", context)


def _facts() -> list[tuple[str, str]]:
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    embedded = settings.CONFIG.embedded
    return [
        ("Version", __version__),
        ("Events", "embedded in this server" if embedded else "on a ClickHouse server"),
        ("Accounts", {"sqlite3": "SQLite in the data directory", "postgresql": "PostgreSQL"}.get(engine, engine)),
    ]
