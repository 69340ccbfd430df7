"""The tables of the accounts: made at once where there are none, brought to this release where there are."""

from collections.abc import Iterable


def bring_up_to_date() -> None:
    """Bring the accounts database to this release; quick when nothing is to do. Django must be set up."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        _make(executor.loader.graph.nodes)
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    if "db.DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        call_command("createcachetable", verbosity=0)


def _make(migrations: Iterable[tuple[str, str]]) -> None:
    """Make every table as the models say, whole or not at all, and note all migrations (app, name) as applied.

    Applying them one after the other leads to the same tables, but takes most of a second: each rebuilds what the last
    one made. Those that move data find none in an empty database.
    """
    from django.apps import apps
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    with connection.schema_editor() as editor:  # a transaction
        for model in apps.get_models(include_auto_created=False):
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        recorder = MigrationRecorder(connection)
        editor.create_model(recorder.Migration)
        for app, name in sorted(migrations):
            recorder.record_applied(app, name)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
