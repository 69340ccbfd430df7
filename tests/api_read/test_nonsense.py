"""Whatever is sent: an answer or a problem, never a failure."""

from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api_read.conftest import House

PATHS = st.sampled_from(
    [
        *("/events", "/events/count", "/events/facets", "/events/histogram", "/supervision", "/supervision/facets"),
        *("/events/0190a3c8-5d3e-7c1a-9f00-000000000001", "/calls/", "/openapi.json"),
    ]
)
NASTY = st.sampled_from(
    [
        *("", "'", '"', "\\", "\x00", "\ud800", "{p0:String}", "'; DROP TABLE events; --", "%", "*", "created:0001"),
        *(
            "user:a OR 1=1",
            "${x}",
            "{{7*7}}",
            "9" * 30,
            "-1",
            "NaN",
            "1e999",
            "\u202e",
            "2026-11-01T25:00",
            "9999-12-31",
        ),
        *(
            "9999-12-31",
            "right/UTC",
            "utc",
            "../../etc/passwd",
            "UTC",
            "Europe/Berlin",
            "posixrules",
            "localtime",
            "/etc/localtime",
            "params.a:>1e308",
        ),
    ]
)
TEXT = NASTY | st.text(max_size=30)
NAMES = st.sampled_from(["q", "from", "to", "tz", "order", "limit", "cursor", "by", "top", "interval", "else"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=PATHS, parameters=st.dictionaries(NAMES, TEXT, max_size=4), piece=TEXT)
def test_nonsense_gets_an_answer_or_a_problem(house: House, path: str, parameters: dict[str, str], piece: str) -> None:
    """Any parameters to any call: 200, or a problem document of 400, 404 or 422."""
    query = urlencode(parameters, errors="surrogatepass")
    tail = urlencode({"x": piece}, errors="surrogatepass")[2:] if path == "/calls/" else ""
    found = house.get(f"{path}{tail}?{query}")
    assert found.status_code in {200, 400, 404, 422}, (found.status_code, found.content)
    if found.status_code != 200:
        assert found.headers["Content-Type"] == "application/problem+json"
        assert found.json()["detail"]
