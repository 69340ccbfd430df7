"""Looking at the log leaves its own traces: each search once, each opened event, each refusal."""

import re
import uuid
from html import unescape

import pytest

from tests.cast import page_of
from tests.web.conftest import Pages


@pytest.fixture
def word() -> str:
    return f"w{uuid.uuid4().hex[:12]}"


def parts_of(html: str) -> list[str]:
    """Return the addresses from which a page loads its parts."""
    return [unescape(url) for url in re.findall(r'hx-get="([^"]+)"', html)]


def test_a_search_is_recorded_once_with_its_text(pages: Pages, word: str) -> None:
    """The page, its total, histogram, top values, notices and columns are one search, under one request id."""
    for number in range(60):
        pages.record(comments=word, sub_event=f"n{number}")
    audrey = pages.client("audrey")
    html = audrey.get("/activity", {"q": word, "from": "-7d"}).content.decode()
    for url in parts_of(html):
        assert audrey.get(url).status_code == 200, url
    following = unescape(re.findall(r'rel="next"[^>]*href="([^"]+)"', html)[0])
    assert audrey.get(following).status_code == 200
    assert audrey.get("/activity", {"q": word, "from": "-7d", "order": "oldest"}).status_code == 200
    assert audrey.get("/activity", {"q": word, "from": "-7d", "columns": "created,seq"}).status_code == 200
    assert audrey.get("/activity", {"q": word, "from": "-7d", "zone": "Europe/Berlin"}, follow=True).status_code == 200
    searches = pages.named("search")
    assert len(searches) == 1
    assert searches[0]["comments"] == word
    assert searches[0]["username"] == "audrey"
    assert searches[0]["params"]["q"] == word
    assert searches[0]["params"]["from"].endswith("Z")
    assert uuid.UUID(searches[0]["request_id"])
    assert len(pages.acts) == 1


def test_pressing_search_again_is_a_search_of_its_own(pages: Pages, word: str) -> None:
    """Each submission counts, also of the same text."""
    audrey = pages.client("audrey")
    for _ in range(2):
        audrey.get("/activity", {"q": word, "was": word, "go": "1"}, follow=True)
    first, second = pages.named("search")
    assert first["request_id"] != second["request_id"]


def test_another_text_is_another_search(pages: Pages, word: str) -> None:
    """A changed address is a search, however it came about."""
    audrey = pages.client("audrey")
    for q in (word, f"{word} x", word):
        audrey.get("/activity", {"q": q})
    assert [act["comments"] for act in pages.named("search")] == [word, f"{word} x"]


@pytest.mark.parametrize("part", ["total", "histogram", "facets", "newer"])
def test_a_part_asked_for_on_its_own_is_a_search(pages: Pages, word: str, part: str) -> None:
    """Counting without looking at rows leaves a trace as well; a forged or foreign proof changes nothing."""
    pages.record(comments=word)
    audrey = pages.client("audrey")
    foreign = re.findall(r"search=([^&\"]+)", audrey.get("/activity", {"q": "other"}).content.decode())[0]
    pages.acts.clear()
    for proof in ("", "x.1.2:forged", unescape(foreign)):
        audrey.get(f"/activity/{part}", {"q": word, "search": proof, "since": "..0"})
    assert [act["comments"] for act in pages.named("search")] == [word] * 3


def test_the_proof_of_one_person_is_none_for_another(pages: Pages, word: str) -> None:
    """An address that was passed on is a search of whoever opens it."""
    html = pages.client("audrey").get("/activity", {"q": word}).content.decode()
    total = next(url for url in parts_of(html) if "/total" in url)
    ada = pages.client("ada")
    ada.get(total)
    assert [act["username"] for act in pages.named("search")] == ["ada"]


def test_another_zone_is_another_search_where_it_means_another_range(pages: Pages, word: str) -> None:
    """Today begins earlier in Berlin than in UTC."""
    audrey = pages.client("audrey")
    for zone in ("", "Europe/Berlin"):
        audrey.get("/activity", {"q": word, "from": "today", "tz": zone})
    assert len(pages.named("search")) == 2


def test_a_mistake_is_no_search(pages: Pages) -> None:
    """Nothing was searched, so nothing is recorded."""
    assert pages.client("audrey").get("/activity", {"q": '"'}).status_code == 400
    assert pages.acts == []


def test_a_search_does_not_find_itself(pages: Pages, word: str) -> None:
    """The record of a search holds its text; who looks for a word that is nowhere finds nothing."""
    audrey = pages.client("audrey")
    html = audrey.get("/activity", {"q": word}).content.decode()
    assert "No event matches" in html
    for url in parts_of(html):
        answer = audrey.get(url).content.decode()
        if "/total" in url:
            assert answer == "0 events"
        if "/histogram" in url:
            assert "nothing in this range" in answer
        if "/newer" in url:
            assert answer.strip() == ""


def test_an_earlier_search_is_found(pages: Pages, word: str) -> None:
    """Who searched for a number is a question that the log answers."""
    pages.client("audrey").get("/activity", {"q": word})
    html = pages.client("ada").get("/activity", {"q": word}).content.decode()
    assert html.count('<tr class="event"') == 1
    assert "audrey" in html


def test_newer_events_are_counted_and_the_search_is_not(pages: Pages, word: str) -> None:
    """What came since the page was made, late arrivals included where they would stand on top."""
    pages.record(comments=word)
    audrey = pages.client("audrey")
    html = audrey.get("/activity", {"q": word}).content.decode()
    newer = next(url for url in parts_of(html) if "/newer" in url)
    assert audrey.get(newer).content.decode().strip() == ""
    pages.record(comments=word)
    pages.record(comments="something else")
    assert "1 newer event<" in page_of(audrey.get(newer))


def test_opened_params_are_recorded(pages: Pages, word: str) -> None:
    """In place or on a page of its own: who saw what one event holds."""
    pages.record(comments=word, params={"queue": "planning"})
    audrey = pages.client("audrey")
    html = audrey.get("/activity", {"q": word}).content.decode()
    inside = unescape(re.findall(r'data-show="([^"]+)"', html)[0])
    whole = re.findall(r'class="show" href="([^"]+)"', html)[0]
    for url in (inside, whole):
        assert b"planning" in audrey.get(url).content
    opened = pages.named("params_opened")
    event_id = whole.rpartition("/")[2]
    assert [act["event_object"] for act in opened] == [f"event:{event_id}"] * 2
    assert word not in str([act["request_uri"] for act in opened])


def test_what_is_not_there_is_not_opened(pages: Pages) -> None:
    """An id that does not exist is a page not found, and no act."""
    answer = pages.client("audrey").get(f"/activity/{uuid.uuid4()}")
    assert answer.status_code == 404
    assert pages.acts == []


def test_a_masked_viewers_search_is_recorded_masked(pages: Pages) -> None:
    """Neither the number they typed nor any trace of it reaches the log."""
    role = pages.cast["audrey"].roles.get()
    role.mask_phone = True
    role.save()
    audrey = pages.client("audrey")
    html = audrey.get("/activity", {"q": "+442079460199"}).content.decode()
    for url in parts_of(html):
        audrey.get(url)
    assert [act["comments"] for act in pages.named("search")] == ["+XXXXXXXXXXXX"]
    assert "2079460199" not in str(pages.acts)


def test_a_refusal_is_recorded_and_tells_nothing(pages: Pages) -> None:
    """Alex learns which permission is lacking, whatever is asked for, and the log keeps that alex asked."""
    alex = pages.client("alex")
    answers = {alex.get(url).content for url in ("/activity", "/activity?q=x", f"/activity/{uuid.uuid4()}")}
    assert len({re.sub(rb'csrf[^>]*value="[^"]*"', b"", answer) for answer in answers}) == 1
    assert {act["event"] for act in pages.acts} == {"access"}
    assert all(act["outcome"] == "denied" for act in pages.acts)
