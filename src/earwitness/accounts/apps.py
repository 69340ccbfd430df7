"""The Django app: connects sign-in signals and keeps the default tenant with its built-in roles in place."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """People, roles, desks and keys."""

    name = "earwitness.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect what must hear of sign-ins and of migrations."""
        from earwitness.accounts import signals, tenants

        signals.connect()
        post_migrate.connect(tenants.on_migrated, sender=self)
