"""The forms of what goes out. What is right is decided by the acts; a form carries it to the page and back."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from earwitness.accounts.models import Role
from earwitness.deliver import periods
from earwitness.deliver.alerts import actions as alerts
from earwitness.deliver.alerts.letters import LABELS
from earwitness.deliver.exports.order import FORMATS, TITLES
from earwitness.deliver.forwarding import actions as forwarding
from earwitness.deliver.forwarding.kinds import Field, Kind, missing
from earwitness.deliver.models import Alert, Forward, SavedSearch, Schedule
from earwitness.deliver.reports import actions as reports
from earwitness.deliver.schedule import DAYS
from earwitness.deliver.schedules import actions as schedules
from earwitness.deliver.searches import actions as searches
from earwitness.web.doors import access_of
from earwitness.web.people.forms import PLAIN, Plain, listed

SEARCH = {"class": "mono", "placeholder": "everything", **PLAIN}
WINDOWS = (
    (60, "1 minute"),
    (300, "5 minutes"),
    (600, "10 minutes"),
    (900, "15 minutes"),
    (1800, "30 minutes"),
    (3600, "1 hour"),
    (14_400, "4 hours"),
    (86_400, "1 day"),
)


def streams_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the logs that somebody may choose."""
    return [(name, title) for name, title in TITLES.items() if name in access_of(request).scope.streams]


class WithSearch(Plain):
    """A form about a search in a log."""

    name = forms.CharField(max_length=100, error_messages={"required": "Give it a name."})
    stream = forms.ChoiceField(label="Log")
    search = forms.CharField(
        required=False,
        max_length=8000,
        widget=forms.TextInput(attrs=SEARCH),
        help_text="In the language of the search box. Empty: everything.",
    )

    def __init__(self, request: HttpRequest, initial: dict[str, Any] | None = None) -> None:
        super().__init__(request, initial)
        self.let_choose("stream", streams_of(request))


class SearchForm(WithSearch):
    """A saved search."""

    range = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    columns = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    order = forms.ChoiceField(choices=[("newest", "Newest first"), ("oldest", "Oldest first")])
    shared_with = forms.MultipleChoiceField(
        label="Share with roles", required=False, widget=forms.CheckboxSelectMultiple
    )
    pinned = forms.BooleanField(required=False, label="Keep it at the top of my list")

    def __init__(self, request: HttpRequest, initial: dict[str, Any] | None = None) -> None:
        super().__init__(request, initial)
        names = Role.objects.filter(tenant__name=access_of(request).tenant).order_by("name")
        self.let_choose("shared_with", [(role.name, role.name) for role in names])

    def wish(self) -> searches.Wish:
        """Return what was filled in."""
        given = self.cleaned_data
        return searches.Wish(
            **{name: given[name] for name in ("name", "stream", "search", "range", "order", "pinned")},
            columns=tuple(part for part in given["columns"].replace(".", ",").split(",") if part),
            shared_with=tuple(given["shared_with"]),
        )

    @staticmethod
    def of(saved: SavedSearch, *, pinned: bool) -> dict[str, Any]:
        """Return what stands in the form for a saved search."""
        return searches.shown(saved) | {"columns": ",".join(saved.columns), "pinned": pinned}


class ScheduleForm(WithSearch):
    """A scheduled report."""

    report = forms.ChoiceField(required=False, label="Report")
    period = forms.ChoiceField(label="It covers", choices=[(p.name, p.sentence) for p in periods.PERIODS])
    format = forms.ChoiceField(choices=[(name, name.upper()) for name in reversed(FORMATS)])
    recipients = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, **PLAIN}),
        error_messages={"required": "Name at least one mail address."},
        help_text="Mail addresses, divided by commas or lines.",
    )
    attach = forms.BooleanField(required=False, label="Attach the file", help_text="Otherwise the mail holds a link.")
    every = forms.ChoiceField(
        label="How often",
        choices=[("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month"), ("cron", "By cron")],
    )
    at = forms.CharField(label="At", max_length=5, widget=forms.TextInput(attrs={"type": "time"}), required=False)
    weekday = forms.TypedChoiceField(label="On", coerce=int, choices=list(enumerate(DAYS)))
    day = forms.IntegerField(
        label="On day",
        min_value=1,
        max_value=31,
        help_text="31 is the last day of every month.",
        error_messages={"required": "Say on which day of the month, 1 to 31."},
    )
    cron = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "30 7 * * MON-FRI", **PLAIN}),
        help_text="Minute, hour, day, month, day of the week: 30 7 * * MON-FRI is half past seven on working days.",
    )
    zone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", **PLAIN}),
        help_text="Seven in the morning stays seven in the morning there, also when the clocks change.",
    )
    enabled = forms.BooleanField(required=False, label="Turned on")

    def __init__(self, request: HttpRequest, initial: dict[str, Any] | None = None) -> None:
        super().__init__(request, initial)
        rows = [("", "The rows of the search"), *((r.name, r.title) for r in reports.visible(access_of(request)))]
        self.let_choose("report", rows)

    def wish(self) -> schedules.Wish:
        """Return what was filled in."""
        given = dict(self.cleaned_data)
        given["recipients"] = listed(given["recipients"])
        given["at"] = given["at"] or "07:00"
        return schedules.Wish(**{key: given[key] for key in given if key in schedules.Wish.__struct_fields__})

    @staticmethod
    def of(found: Schedule) -> dict[str, Any]:
        """Return what stands in the form for a schedule."""
        values = {name: getattr(found, name) for name in (*schedules.FIELDS, "enabled")}
        return values | {"recipients": "\n".join(found.recipients)}


class AlertForm(WithSearch):
    """An alert."""

    absence = forms.TypedChoiceField(
        label="When it finds",
        coerce=lambda text: text == "True",
        choices=[("False", "at least"), ("True", "fewer than")],
    )
    threshold = forms.IntegerField(
        label="Rows",
        min_value=1,
        max_value=1_000_000_000,
        error_messages={"required": "Say how many rows, at least 1."},
    )
    window = forms.TypedChoiceField(label="Within", coerce=int, choices=WINDOWS)
    per = forms.ChoiceField(label="Counted", required=False)
    recipients = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, **PLAIN}),
        help_text="Mail addresses, divided by commas or lines.",
    )
    webhook = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "https://example.com/hook", **PLAIN}),
        help_text="Called when it fires and when it clears, with a signed body (Standard Webhooks). The secret to "
        "check it with is on the alert's page.",
    )
    enabled = forms.BooleanField(required=False, label="Turned on")

    def __init__(self, request: HttpRequest, initial: dict[str, Any] | None = None) -> None:
        super().__init__(request, initial)
        groups = [
            (title, [(name, f"of one {LABELS[name]}") for name in alerts.PER[stream]])
            for stream, title in streams_of(request)
        ]
        self.let_choose("per", [("", "in all"), *groups])
        window = (initial or {}).get("window")
        if window and window not in dict(WINDOWS):
            self.let_choose("window", [*WINDOWS, (window, f"{window} seconds")])

    def wish(self) -> alerts.Wish:
        """Return what was filled in."""
        given = dict(self.cleaned_data)
        given["recipients"] = listed(given["recipients"])
        return alerts.Wish(**{key: given[key] for key in given if key in alerts.Wish.__struct_fields__})

    @classmethod
    def shown(cls, request: HttpRequest, alert: Alert) -> "AlertForm":
        """Return the form as it stands, whatever the request sent."""
        form = cls(request, cls.of(alert))
        form.data, form.is_bound = MultiValueDict(), False
        return form

    @staticmethod
    def of(alert: Alert) -> dict[str, Any]:
        """Return what stands in the form for an alert."""
        names = ("name", "stream", "search", "absence", "threshold", "window", "per", "webhook", "enabled")
        return {name: getattr(alert, name) for name in names} | {"recipients": "\n".join(alert.recipients)}


class ForwardForm(WithSearch):
    """A forward; its fields are those of its kind."""

    dangerous = True

    def __init__(self, request: HttpRequest, kind: Kind, initial: dict[str, Any] | None = None) -> None:
        super().__init__(request, initial)
        self.kind = kind
        self.names = [field.name for field in kind.fields]
        for field in kind.fields:
            self.fields[field.name] = _made(field)
        if len(kind.words) > 1:
            labels = {"json": "Earwitness's own JSON", "ecs": "Elastic Common Schema", "ocsf": "OCSF"}
            self.fields["words"] = forms.ChoiceField(label="Field names", choices=[(w, labels[w]) for w in kind.words])
        if kind.secret:
            self.fields["secret"] = forms.CharField(
                label=kind.secret,
                required=False,
                strip=True,
                max_length=2000,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
                help_text=_about_secret(kind, is_new=not (initial or {}).get("name")),
            )
        self.fields["enabled"] = forms.BooleanField(required=False, label="Turned on")

    @property
    def places(self) -> list[forms.BoundField]:
        """The short fields that say where to."""
        return [self[field.name] for field in self.kind.fields if field.kind in ("text", "number")]

    @property
    def rest(self) -> list[forms.BoundField]:
        """The other fields of the kind, and the secret."""
        names = [field.name for field in self.kind.fields if field.kind not in ("text", "number")]
        return [self[name] for name in (*names, "secret") if name in self.fields]

    def wish(self) -> forwarding.Wish:
        """Return what was filled in."""
        given = self.cleaned_data
        return forwarding.Wish(
            name=given["name"],
            kind=self.kind.name,
            words=given.get("words") or self.kind.words[0],
            stream=given["stream"],
            search=given["search"],
            settings={name: given[name] for name in self.names if given.get(name) not in (None, "")},
            secret=given.get("secret") or None,
            enabled=given["enabled"],
        )

    @staticmethod
    def of(forward: Forward) -> dict[str, Any]:
        """Return what stands in the form for a forward; never its secret."""
        names = ("name", "stream", "search", "words", "enabled")
        settings: dict[str, Any] = forward.settings
        return {name: getattr(forward, name) for name in names} | settings


def _about_secret(kind: Kind, *, is_new: bool) -> str:
    kept = "Kept encrypted and never shown."
    if kind.name == "webhook":
        kept = "Kept encrypted. The receiver checks the signature with it."
        return f"{kept} Empty: one is made." if is_new else f"{kept} Empty leaves it as it is."
    return kept if is_new else f"{kept} Empty leaves it as it is."


def _made(field: Field) -> forms.Field:
    given: dict[str, Any] = {"label": field.label, "help_text": field.sentence}
    if field.kind == "check":
        return forms.BooleanField(required=False, **given)
    given |= {"required": field.needed, "error_messages": {"required": missing(field)}}
    if field.kind == "number":
        whole = f"{field.label}: a whole number from 1 to 65535."
        given["error_messages"] |= dict.fromkeys(("invalid", "min_value", "max_value"), whole)
        return forms.IntegerField(min_value=1, max_value=65_535, **given)
    long = forms.Textarea(attrs={"rows": 4, "class": "mono"})
    return forms.CharField(
        max_length=20_000, widget=long if field.kind == "long" else forms.TextInput(attrs=PLAIN), **given
    )
