"""The form of Settings > Policies."""

import re
import zoneinfo
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest

from earwitness.model.policy import AGENTS_SEE, DAYS, LONGEST_PURPOSE, MEASURING, Policy
from earwitness.web.people.forms import PLAIN, Asked, listed

LABELS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEPARATORS = re.compile(r"[,;\n]+")


class PolicyForm(Asked):
    """The rules for listening to calls."""

    no_listen_extensions = forms.CharField(
        label="Extensions",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "placeholder": "1001\n1002", **PLAIN}),
        help_text="One a line. Whoever is supervised at one of them is a breach.",
    )
    no_listen_desks = forms.CharField(
        label="Desks",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Works council", **PLAIN}),
        help_text="One a line: all agents of the desk.",
    )
    quota = forms.IntegerField(
        label="Sessions an agent and month, at most",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "any number", **PLAIN}),
        help_text="Empty for no limit. Listen, whisper and barge in one go are one session.",
        error_messages={"invalid": "Write a whole number, or nothing."},
    )
    reason_required = forms.BooleanField(
        label="A reason is required",
        required=False,
        help_text="Asked for on the log entry. Until its manager gives one, the entry says that it is missing.",
    )
    remind_after_hours = forms.IntegerField(
        label="Remind by mail after (hours)",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **PLAIN}),
        help_text="0 for no reminder. It goes to the manager's e-mail address, once a session.",
        error_messages={"invalid": "Write a whole number."},
    )
    time_zone = forms.CharField(
        label="Time zone",
        required=False,
        widget=forms.TextInput(attrs={"list": "zones", "placeholder": "UTC", **PLAIN}),
        help_text="Of the shift hours, and of the months of the quota.",
    )

    agents_see = forms.ChoiceField(
        label="Agents see", choices=AGENTS_SEE, required=False, widget=forms.Select(attrs={"class": "input"})
    )
    agents_see_after_days = forms.IntegerField(
        label="Days after the call",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **PLAIN}),
        help_text="0 for at once.",
        error_messages={"invalid": "Write a whole number."},
    )

    def __init__(self, request: HttpRequest, initial: dict[str, Any] | None = None, *, ask: bool = True) -> None:
        super().__init__(request, initial, ask=ask)
        confirm = self.fields.pop("confirm", None)
        for day, label in zip(DAYS, LABELS, strict=True):
            widget = forms.TextInput(attrs={"class": "mono", "placeholder": "08:00-17:30", **PLAIN})
            self.fields[day] = forms.CharField(label=label, required=False, max_length=300, widget=widget)
        for name, sentence in MEASURING.items():
            self.fields[f"purpose_{name}"] = forms.CharField(
                label=f"{name.capitalize()}: purpose",
                required=False,
                max_length=LONGEST_PURPOSE,
                widget=forms.TextInput(attrs={"placeholder": "not recorded", **PLAIN}),
                help_text=f"{sentence} Empty: not recorded.",
            )
        if confirm is not None:
            self.fields["confirm"] = confirm

    @classmethod
    def of(cls, request: HttpRequest, policy: Policy) -> "PolicyForm":
        """Return the form, filled from what holds now."""
        return cls(
            request,
            {
                "no_listen_extensions": "\n".join(policy.no_listen_extensions),
                "no_listen_desks": "\n".join(policy.no_listen_desks),
                "quota": policy.quota,
                "reason_required": policy.reason_required,
                "remind_after_hours": policy.remind_after_hours,
                "time_zone": policy.time_zone,
                "agents_see": policy.agents_see,
                "agents_see_after_days": policy.agents_see_after_days,
                **{f"purpose_{name}": policy.purposes.get(name, "") for name in MEASURING},
                **{day: ", ".join(policy.shift_hours.get(day, ())) for day in DAYS},
            },
        )

    def days(self) -> list[BoundField]:
        """Return the fields of the weekdays, in order."""
        return [self[day] for day in DAYS]

    def purposes(self) -> list[BoundField]:
        """Return the fields of the classes of events that measure single agents."""
        return [self[f"purpose_{name}"] for name in MEASURING]

    @staticmethod
    def zones() -> list[str]:
        """Return the names of time zones, to choose from."""
        return sorted(zoneinfo.available_timezones())

    def given(self) -> Policy:
        """Return the rules as filled in."""
        given = self.cleaned_data
        days = given["agents_see_after_days"]
        hours = {day: tuple(_stretches(given[day])) for day in DAYS if given[day].strip()}
        return Policy(
            no_listen_extensions=listed(given["no_listen_extensions"]),
            no_listen_desks=tuple(given["no_listen_desks"].splitlines()),
            quota=given["quota"],
            reason_required=given["reason_required"],
            remind_after_hours=given["remind_after_hours"] or 0,
            shift_hours=hours,
            time_zone=given["time_zone"].strip() or "UTC",
            agents_see=given["agents_see"] or self.initial["agents_see"],
            agents_see_after_days=self.initial["agents_see_after_days"] if days is None else days,
            purposes={name: given[f"purpose_{name}"] for name in MEASURING},
        )


def _stretches(text: str) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(text) if part.strip()]
