"""Tenants as they come: each with the built-in roles, and the one named ``default`` from the first day."""

from typing import Any, NamedTuple

from django.db import transaction

from earwitness.accounts.models import Role, Tenant
from earwitness.model.scope import DEFAULT_TENANT


class BuiltIn(NamedTuple):
    """A role that every tenant has from its first day. ``key`` is stable; the rest may be edited later."""

    key: str
    name: str
    description: str
    permissions: tuple[str, ...]
    mask_phone: bool = False


BUILT_IN_ROLES = (
    BuiltIn("administrator", "Administrator", "Rules this tenant.", ("admin",)),
    BuiltIn(
        "supervisor",
        "Supervisor",
        "Sees and exports both logs for their own desks, and who listens to whom at this moment.",
        ("show_activity_log", "show_whisper_log", "export_logs", "create_scheduled_report", "show_live_sessions"),
    ),
    BuiltIn("agent", "Agent", "Sees their own activity and who listened to their calls, on their own page.", ()),
    BuiltIn(
        "auditor",
        "Auditor",
        "Reads, exports and verifies both logs of all desks; changes nothing.",
        ("show_activity_log", "show_whisper_log", "show_all_desks", "export_logs", "verify_log"),
    ),
    BuiltIn(
        "works_council",
        "Works council",
        "Sees who listened to whom on all desks, with masked telephone numbers.",
        ("show_whisper_log", "show_all_desks"),
        mask_phone=True,
    ),
)


@transaction.atomic
def ensure(name: str) -> Tenant:
    """Return the tenant of a name, made with its built-in roles where it did not exist."""
    tenant, made = Tenant.objects.get_or_create(name=name)
    if made:
        Role.objects.bulk_create(
            Role(
                tenant=tenant,
                name=role.name,
                description=role.description,
                permissions=list(role.permissions),
                mask_phone=role.mask_phone,
                built_in=role.key,
            )
            for role in BUILT_IN_ROLES
        )
    return tenant


def on_migrated(**_: Any) -> None:
    """Make the default tenant once its tables exist."""
    ensure(DEFAULT_TENANT)
