"""Entries of the directory as people paste them: what is taken, and what is told of what cannot be."""

import datetime as dt

import pytest

from earwitness.accounts.actions import directory as acts
from earwitness.accounts.extensions import Entry
from earwitness.accounts.models import DirectoryEntry
from earwitness.model.problem import Invalid
from tests.web.conftest import Pages
from tests.web.test_directory import ADD, text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "at least one line"),
        ("10 01,alex", "is no extension"),
        ("1001,,", "it names nobody"),
        ("1001,alex,,,tomorrow", "is no time"),
        ("1001,alex,,,2026-11-02,2026-11-01", "ends before it begins"),
        ("extension,who\n1001,alex", "There is no column 'who'"),
        ("1001,alex\n1002," + "x" * 151, "Line 2"),
    ],
)
def test_what_cannot_be_an_entry_is_said_with_its_line(pages: Pages, given: str, said: str) -> None:
    """And nothing is kept."""
    answer = pages.client("ada").post(ADD, {"entries": given})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not DirectoryEntry.objects.exists()


def test_lines_are_read_as_spreadsheets_write_them() -> None:
    """With or without names of columns; commas, semicolons, tabs; zones."""
    moment = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert acts.read_csv("1001,ana.pop") == [Entry("", "1001", "ana.pop")]
    quoted = '1001;ana;"Pop; Ana";berlin;2026-11-01;'
    assert acts.read_csv(quoted) == [Entry("berlin", "1001", "ana", "Pop; Ana", moment)]
    named = "username\textension\tvalid_to\nana\t1001\t2026-11-01T02:00+02:00\n\n"
    assert acts.read_csv(named) == [Entry("", "1001", "ana", "", None, moment)]
    with pytest.raises(Invalid):
        acts.read_csv("1001,ana,,,2026-13-01")
