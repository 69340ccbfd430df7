"""What the accounts database holds. Everything but a tenant belongs to exactly one tenant.

Runs on SQLite (WAL) and PostgreSQL alike: lists are JSON, and no query looks into them.
"""

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from earwitness.model.problem import NotFound

USERNAME_PATTERN = r"[\w.@+\\-]+"
NAME_PATTERN = r"[^\W_]([\w &().'+@#-]*[\w).'+#])?"
TENANT_PATTERN = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"
SOURCE_PATTERN = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"


def folded(username: str) -> str:
    """Return a username as it is compared: two people may not differ by case or Unicode form alone."""
    return unicodedata.normalize("NFKC", username).casefold()


def asked(name: str) -> str:
    """Return a name that somebody asks for; NotFound for one that no database can hold."""
    if "\0" in name or not name.isprintable():
        raise NotFound("There is no such name.")
    return name


class Tenant(models.Model):
    """One customer of a hosted PBX. ``generation`` grows with every change, so that caches know when to look again.

    ``secret_names``, ``secret_patterns``: what is replaced there before anything is written, besides what always is.
    ``policy``: its rules for listening to calls (``model.policy``); ``policed``: whether there are any;
    ``policed_to``: the place in the supervision log up to which segments have been held against them.
    """

    name = models.CharField(max_length=64, unique=True, validators=[RegexValidator(rf"\A{TENANT_PATTERN}\Z")])
    disabled = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    generation = models.PositiveBigIntegerField(default=0)
    secret_names = models.JSONField(default=list, blank=True)
    secret_patterns = models.JSONField(default=list, blank=True)
    policy = models.JSONField(default=dict, blank=True)
    policed = models.BooleanField(default=False)
    policed_to = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Desk(models.Model):
    """A group of agents. ``former_names`` keep rows visible that were recorded before the desk was renamed."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="desks")
    name = models.CharField(max_length=80)
    former_names = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("tenant", Lower("name"), name="desk_name_once_a_tenant")]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A named set of permissions that counts only from ``accepted_ips`` (addresses and networks; empty is everywhere).

    ``built_in`` is the stable name of a role that every tenant has, or empty for a role of its own.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    permissions = models.JSONField(default=list, blank=True)
    accepted_ips = models.JSONField(default=list, blank=True)
    mask_phone = models.BooleanField(default=False)
    built_in = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("tenant", Lower("name"), name="role_name_once_a_tenant")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Loads the tenant with every user: whether somebody may act depends on both."""

    def get_queryset(self) -> "models.QuerySet[User]":
        """Return users together with their tenants."""
        return super().get_queryset().select_related("tenant")


class User(AbstractBaseUser):
    """A person. Usernames are unique over all tenants, whatever their case: people sign in with them alone.

    ``own_since``: from when on rows under this username are theirs, where it was somebody else's before.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="users")
    username = models.CharField(max_length=150, validators=[RegexValidator(rf"\A{USERNAME_PATTERN}\Z")])
    username_key = models.CharField(max_length=300, unique=True, editable=False)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    roles = models.ManyToManyField(Role, related_name="users", blank=True)
    desks = models.ManyToManyField(Desk, related_name="users", blank=True)
    extensions = models.JSONField(default=list, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    is_operator = models.BooleanField(default=False)
    disabled = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    session_epoch = models.PositiveIntegerField(default=0)
    own_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint("tenant", "email", name="email_once_a_tenant", condition=~models.Q(email=""))
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the compared form of the username with the username."""
        self.username_key = folded(self.username)
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's name for it; ours is two plain columns
        """Whether this person may act at all: neither they nor their tenant are disabled."""
        return not self.disabled and not self.tenant.disabled

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Tie every session to the password and to ``session_epoch``: raising it ends all of them at once."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("earwitness.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class FormerName(models.Model):
    """A username that somebody had until a moment: who has it afterwards does not see what is theirs."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="former_names")
    username_key = models.CharField(max_length=300, db_index=True)
    person = models.PositiveBigIntegerField()
    until = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.username_key} until {self.until:%Y-%m-%d %H:%M}"


class Seat(models.Model):
    """A stretch of time in which somebody (``person``: the number of a user, who may be gone) sat at a desk.

    ``since``: None for the desks that they had from the first; ``until``: None where they sit there now.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="seats")
    person = models.PositiveBigIntegerField(db_index=True)
    desk = models.CharField(max_length=80)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} at {self.desk}"


class FormerPolicy(models.Model):
    """Rules for listening to calls (as in ``Tenant.policy``) that held until a moment."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="former_policies")
    policy = models.JSONField(default=dict)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M}"


class DirectoryEntry(models.Model):
    """Who sits at an extension, from when to when. Fields as in ``extensions.Entry``."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="directory")
    pbx = models.CharField(max_length=64, blank=True)
    extension = models.CharField(max_length=32)
    username = models.CharField(max_length=150, blank=True)
    name = models.CharField(max_length=150, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "extension"])]
        ordering: ClassVar = ["extension", "pbx", "valid_from", "pk"]

    def __str__(self) -> str:
        return f"{self.extension}: {self.username or self.name}"


class Correction(models.Model):
    """What a change of the directory still has to correct in the logs: the rows of some extensions in a range.

    ``done_to``: the place in the supervision log up to which its people are corrected; ``up_to``: where that log ended
    when it was made; ``events_to``: the place in the activity log up to which its people are.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="corrections")
    username = models.CharField(max_length=150)
    extensions = models.JSONField(default=list)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    done_to = models.PositiveBigIntegerField(default=0)
    up_to = models.PositiveBigIntegerField(default=0)
    events_to = models.PositiveBigIntegerField(default=0)
    corrected = models.PositiveBigIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return f"{', '.join(self.extensions)} up to {self.up_to}"


class ApiKey(models.Model):
    """A key for a program. Only the digest of the secret is kept; ``prefix`` is what people recognise it by.

    An ``ingest`` key writes for its tenant; ``read`` and ``admin`` keys act as ``user``.
    """

    INGEST, READ, ADMIN = "ingest", "read", "admin"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=10, choices=[(s, s) for s in (INGEST, READ, ADMIN)])
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="keys")
    sources = models.JSONField(default=list, blank=True)
    prefix = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant", Lower("name"), name="live_key_name_once_a_tenant", condition=models.Q(revoked=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SetupCode(models.Model):
    """The one-time code with which the first administrator is made on the first visit; at most one row."""

    digest = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"made {self.created:%Y-%m-%d %H:%M}"
