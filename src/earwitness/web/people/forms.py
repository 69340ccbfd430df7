"""The forms about people. What is right and wrong is decided by the acts; a form carries it to the page and back."""

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from earwitness.accounts import confirmation
from earwitness.accounts.actions.keys import KeyDraft
from earwitness.accounts.actions.roles import RoleDraft
from earwitness.accounts.actions.users import UserDraft
from earwitness.accounts.models import ApiKey, Desk, Role
from earwitness.model.permission import PERMISSIONS
from earwitness.model.problem import Conflict, Forbidden, Invalid
from earwitness.model.redaction import Additions
from earwitness.web.doors import access_of

R = TypeVar("R")

SEPARATORS = re.compile(r"[\s,;]+")
PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a text that commas, spaces or lines divide."""
    return tuple(part for part in SEPARATORS.split(text) if part)


def wants_disabled(request: HttpRequest, disabled: bool) -> bool:
    """Return whether a form asks to disable or to enable: as its button says, so that a form that is sent twice, or by
    two people, does not undo itself. disabled: what holds now, whose opposite a form without that button asks for.
    """
    return {"Disable": True, "Enable": False}.get(request.POST.get("act", ""), not disabled)


CHANGED_MEANWHILE = (
    "Somebody else changed this after you opened it. Below is what you filled in: save again to put it in place of"
    " theirs, or open the page anew to see what they changed."
)


class Asked(forms.Form):
    """A form that does something. ``dangerous`` ones ask for the password again, unless it was given lately."""

    dangerous = True

    def __init__(self, request: HttpRequest, initial: dict[str, Any] | None = None, *, ask: bool = True) -> None:
        """initial: what its fields show at first; ask: whether this is the form of its page that was sent."""
        super().__init__(request.POST if ask and request.method == "POST" else None, initial=initial)
        self.request = request
        if self.dangerous and confirmation.is_needed(request, access_of(request)):
            widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
            self.fields["confirm"] = forms.CharField(
                label="Your own password, once more",
                strip=False,
                widget=widget,
                help_text="Asked because this changes what somebody may do; then not again for five minutes.",
                error_messages={"required": "Give your own password."},
            )

    def clean(self) -> dict[str, Any]:
        """Check the password given again, once everything else is right."""
        cleaned = super().clean() or {}
        if "confirm" in self.fields and not self.errors:
            try:
                if not confirmation.give(self.request, cleaned["confirm"]):
                    self.add_error("confirm", "This is not your password.")
            except ValidationError as error:
                self.add_error("confirm", error)
        if not self.errors and self.data.get("seen", self._state()) != self._state():
            self.add_error(None, CHANGED_MEANWHILE)
        return cleaned

    def _state(self) -> str:
        """Return a digest of what the form was filled from."""
        plain = {name: sorted(value) if isinstance(value, list) else value for name, value in self.initial.items()}
        return hashlib.sha256(repr(sorted(plain.items())).encode()).hexdigest()[:32]

    @property
    def seen(self) -> SafeString:
        """What holds now, as a hidden field: sent along, a form that is older than a change is not saved over it."""
        return format_html('<input type="hidden" name="seen" value="{}">', self._state())

    def let_choose(self, name: str, choices: Iterable[Any]) -> None:
        """Say what there is to choose from in a field: (value, label), or (heading, [(value, label)])."""
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def attempt(self, act: Callable[[], R]) -> R | None:
        """Do something if the form is valid. Returns what it returns, or None with its errors put where they belong."""
        try:
            if self.is_valid():
                return act()
        except Invalid as problem:
            for field, sentence in problem.fields.items():
                self.add_error(field if field in self.fields else None, sentence)
        except (Conflict, Forbidden) as problem:
            self.add_error(None, problem.detail)
        if not confirmation.is_needed(self.request, access_of(self.request)):
            self.fields.pop("confirm", None)  # it was right: only the rest is to be mended
        return None

    def done(self, act: Callable[[], object]) -> bool:
        """Do something if the form is valid; says whether it is done."""
        self.attempt(act)
        return not self.errors

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 422 where it holds errors."""
        return 422 if self.is_bound and self.errors else 200


class Confirm(Asked):
    """A dangerous act that needs no field of its own."""


class Plain(Asked):
    """An act that needs no field at all."""

    dangerous = False


class RoleForm(Asked):
    """Edit Role."""

    name = forms.CharField(max_length=80, error_messages={"required": "Give it a name."})
    description = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    permissions = forms.MultipleChoiceField(
        choices=[(p.name, p.sentence) for p in PERMISSIONS], required=False, widget=forms.CheckboxSelectMultiple
    )
    accepted_ips = forms.CharField(
        label="Accepted IPs",
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 4, "class": "mono", "placeholder": "192.0.2.7\n10.0.0.0/8\n2001:db8::/32"}
        ),
        help_text="Addresses or networks, one a line. From elsewhere this role does not count. Empty: from everywhere.",
    )
    mask_phone = forms.BooleanField(
        label="Mask Phone",
        required=False,
        help_text="Telephone numbers are shown as XXXX in all that people with this role see, search and export.",
    )

    @classmethod
    def of(cls, request: HttpRequest, role: RoleDraft | None = None) -> "RoleForm":
        """Return the form, filled from a role."""
        if role is None:
            return cls(request)
        initial = {
            "name": role.name,
            "description": role.description,
            "permissions": list(role.permissions),
            "accepted_ips": "\n".join(role.accepted_ips),
            "mask_phone": role.mask_phone,
        }
        return cls(request, initial)

    def fields_given(self) -> dict[str, Any]:
        """Return what was filled in, as fields of a ``RoleDraft``."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "description": given["description"],
            "permissions": tuple(given["permissions"]),
            "accepted_ips": listed(given["accepted_ips"]),
            "mask_phone": given["mask_phone"],
        }


class UserForm(Asked):
    """A user. ``roles`` and ``desks`` offer names."""

    username = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs=PLAIN), error_messages={"required": "Give a username."}
    )
    name = forms.CharField(label="Full name", max_length=150, required=False)
    email = forms.EmailField(
        label="E-mail address", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    extensions = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="Telephone extensions, divided by commas: by them the switch knows this person.",
    )
    time_zone = forms.CharField(
        label="Time zone", required=False, max_length=64, widget=forms.TextInput(attrs={"list": "zones", **PLAIN})
    )
    roles = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    desks = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def offer(self, roles: Iterable[Role], desks: Iterable[Desk]) -> None:
        """Say which roles and desks there are."""
        self.let_choose("roles", [(role.name, role.description) for role in roles])
        self.let_choose("desks", [(desk.name, desk.name) for desk in desks])

    @classmethod
    def of(cls, request: HttpRequest, user: UserDraft) -> "UserForm":
        """Return the form, filled from a user."""
        initial = {
            "username": user.username,
            "name": user.name,
            "email": user.email,
            "extensions": ", ".join(user.extensions),
            "time_zone": user.time_zone,
            "roles": list(user.roles),
            "desks": list(user.desks),
        }
        return cls(request, initial)

    def fields_given(self) -> dict[str, Any]:
        """Return what was filled in, as fields of a ``UserDraft``."""
        given = self.cleaned_data
        return {
            "username": given["username"],
            "name": given["name"],
            "email": given["email"],
            "extensions": listed(given["extensions"]),
            "time_zone": given["time_zone"],
            "roles": tuple(given["roles"]),
            "desks": tuple(given["desks"]),
        }


class NewUserForm(UserForm):
    """A user to make, with a password or without: then one is made up and shown once."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="At least 12 characters. Leave it empty, and one is made up and shown to you once.",
    )


class PasswordForm(Asked):
    """A new password for somebody else."""

    password = forms.CharField(
        label="New password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="Leave it empty, and one is made up and shown to you once. Signs this person out everywhere.",
    )


class DeskForm(Asked):
    """The name of a desk."""

    dangerous = False
    name = forms.CharField(max_length=80, error_messages={"required": "Give it a name."})


class TenantForm(Asked):
    """The name of a tenant."""

    name = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="Lower-case letters, digits, dots, hyphens and underscores. It comes with the built-in roles.",
        error_messages={"required": "Give it a name."},
    )


SCOPES = (
    (ApiKey.INGEST, "Records events for this tenant, and reads nothing."),
    (ApiKey.READ, "Reads what its user may see now, and changes nothing."),
    (ApiKey.ADMIN, "Reads and changes what its user may now."),
)


class KeyForm(Asked):
    """A key to make."""

    name = forms.CharField(
        max_length=80, error_messages={"required": "Give it a name."}, widget=forms.TextInput(attrs=PLAIN)
    )
    scope = forms.ChoiceField(
        choices=SCOPES,
        widget=forms.RadioSelect,
        initial=ApiKey.INGEST,
        error_messages={"required": "Choose what the key may do."},
    )
    user = forms.CharField(
        label="User",
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="Whose key it is: needed for reading and for managing. Disabling the user disables the key.",
    )
    sources = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "pbx_stats, agent_workspace", **PLAIN}),
        help_text="For recording only: the sources this key may write, divided by commas. Empty: any of your own.",
    )

    def draft(self) -> KeyDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        return KeyDraft(given["name"], given["scope"], given["user"].strip(), listed(given["sources"]))


class RedactionForm(Asked):
    """What is secret besides what always is."""

    names = forms.CharField(
        label="Secret fields",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "mono", "placeholder": "iban\ncustomer_birthday", **PLAIN}),
        help_text="Names of keys, parameters and headers, one a line, in any case and spelling: "
        "<code>customer iban</code> is <code>customerIban</code>, too. Their values are replaced.",
    )
    patterns = forms.CharField(
        label="Secret texts",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "mono", "placeholder": r"\bDE\d{20}\b", **PLAIN}),
        help_text="Regular expressions (RE2), one a line, whatever the case. What they match is replaced in every "
        "text and value.",
    )

    @classmethod
    def of(cls, request: HttpRequest, additions: Additions, *, ask: bool = True) -> "RedactionForm":
        """Return the form, filled from what holds now."""
        initial = {"names": "\n".join(additions.names), "patterns": "\n".join(additions.patterns)}
        return cls(request, initial, ask=ask)

    def given(self) -> tuple[list[str], list[str]]:
        """Return names and patterns as filled in."""
        return self.cleaned_data["names"].splitlines(), self.cleaned_data["patterns"].splitlines()


class SampleForm(Asked):
    """A text to be tried."""

    dangerous = False
    text = forms.CharField(
        label="A text, an address or params as JSON",
        max_length=8192,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", **PLAIN}),
        error_messages={"required": "Give it a text to try."},
    )


class SetupForm(forms.Form):
    """The first administrator. Nobody is signed in yet, so there is no password to ask again."""

    code = forms.CharField(
        label="Code that the server printed",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "class": "mono", **PLAIN} | {"autocomplete": "off"}
        ),
    )
    username = forms.CharField(max_length=150, widget=forms.TextInput(attrs={**PLAIN, "autocomplete": "username"}))
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="At least 12 characters.",
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )

    def clean(self) -> dict[str, Any]:
        """Check that both passwords are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two passwords differ.")
        return cleaned
