"""The form of the directory in Settings > Sources."""

from django import forms

from earwitness.web.people.forms import PLAIN, Asked


class DirectoryForm(Asked):
    """Entries as CSV; what they change is counted before the password is asked for."""

    dangerous = False
    entries = forms.CharField(
        label="Entries, one a line",
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 5,
                "class": "mono",
                "placeholder": "extension,username,name,pbx,valid_from,valid_to\n1001,ana.pop,,,2026-11-01,2026-12-01",
                **PLAIN,
            }
        ),
        help_text="CSV: <code>extension, username, name, pbx, valid_from, valid_to</code>, or the columns that a first "
        "line names. Times are UTC where they bear no zone; empty ones are no bound. The same extension, switch and "
        "beginning as an entry takes its place.",
        error_messages={"required": "Paste at least one line."},
    )
