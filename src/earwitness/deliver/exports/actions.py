"""What people do with exports: ask, cancel, fetch. Each is permitted, scoped and recorded."""

import datetime as dt
from pathlib import Path

import msgspec
from django.db import transaction

from earwitness.accounts.access import Access
from earwitness.accounts.models import Tenant
from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import owners
from earwitness.deliver.exports import making
from earwitness.deliver.exports import order as orders
from earwitness.deliver.exports.order import Order
from earwitness.deliver.models import Export, Run
from earwitness.deliver.models.export import KEPT
from earwitness.model import times
from earwitness.model.problem import Conflict, Forbidden, Invalid, NotFound, TooMany
from earwitness.model.scope import Scope
from earwitness.search import Reader, masking

OPEN_AT_MOST = 10
AT_ONCE = {orders.CSV: 100_000, orders.NDJSON: 50_000, orders.PARQUET: 20_000, orders.XLSX: 10_000, orders.PDF: 2_000}
CHANGED = "What you may see has changed since this export was asked for: ask for it again."


def permit(actor: Actor, stream: str) -> None:
    """Raise Forbidden unless somebody may export from a log."""
    actor.access.demand("export_logs")
    owners.demand_stream(actor.access, stream)


def recorded_text(access: Access, search: str) -> str:
    """Return a search text as the log may hold it for somebody: masked for those who see masked numbers."""
    return masking.mask(search) if access.scope.masked else search


def ask(actor: Actor, reader: Reader, order: Order, *, proof: bool = False) -> Export:
    """Put an export into the queue. Raises Forbidden, Invalid, BadQuery, TooMany."""
    orders.check(order)
    permit(actor, order.stream)
    if proof:
        raise Invalid("Proofs are not made yet: leave proof out.", fields={"proof": "Not available."})
    access = actor.access
    up_to = reader.last_seq(access.scope, order.stream)
    total = reader.count(access.scope, order.query).count
    tenant = Tenant.objects.get(name=access.tenant)
    if Export.objects.filter(tenant=tenant, owner=access.username, status__in=Export.OPEN).count() >= OPEN_AT_MOST:
        raise TooMany(f"You have {OPEN_AT_MOST} exports waiting: let one end, or cancel one.", retry_after=30)
    with transaction.atomic():
        export = Export.objects.create(
            tenant=tenant,
            owner=access.username,
            user_id=access.user_id,
            ip=actor.ip,
            scope=to_json(access.scope),
            title=order.title or orders.TITLES[order.stream],
            stream=order.stream,
            search=order.search,
            start=order.start,
            end=order.end,
            tz=order.tz,
            format=order.format,
            columns=list(order.columns),
            order=order.order,
            for_people=order.for_people,
            notes=list(order.notes),
            up_to=up_to,
            total=total,
            expires=dt.datetime.now(times.UTC) + KEPT,
        )
        told(actor, order, "create", str(export.id), total)
    return export


def told(actor: Actor, order: Order, act: str, name: str, rows: int) -> None:
    """Record that somebody asked for a file: what of, in which format, how many rows."""
    record(
        actor,
        "export",
        act,
        obj=f"export:{name}",
        comments=f"{rows:,} rows of the {orders.TITLES[order.stream]} as {order.format.upper()}.",
        params={
            "stream": order.stream,
            "search": recorded_text(actor.access, order.search),
            "from": times.text(order.start) if order.start else None,
            "to": times.text(order.end) if order.end else None,
            "tz": order.tz,
            "format": order.format,
            "columns": list(order.columns),
            "rows": rows,
        },
    )


def to_json(scope: Scope) -> dict[str, object]:
    """Return a scope as JSON values that are equal where the scopes see the same."""
    found: dict[str, object] = msgspec.to_builtins(scope)
    found["streams"] = sorted(scope.streams)
    found["desks"] = None if scope.desks is None else sorted(scope.desks)
    found.pop("viewer")
    return found


def order_of(export: Export) -> Order:
    """Return the order that an export carries out."""
    return Order(
        stream=export.stream,
        format=export.format,
        search=export.search,
        start=export.start,
        end=export.end,
        tz=export.tz,
        columns=tuple(export.columns),
        order=export.order,
        for_people=export.for_people,
        title=export.title,
        who=export.owner,
        notes=tuple(export.notes),
    )


def find(access: Access, export_id: str) -> Export:
    """Return somebody's own export, or a scheduled report that shows what they see themselves; NotFound else."""
    access.demand("export_logs")
    found = Export.objects.filter(tenant__name=access.tenant, id=export_id).first()
    if found is not None and (found.owner == access.username or _is_shared(found, access)):
        return found
    raise NotFound("There is no such export.")


def _is_shared(export: Export, access: Access) -> bool:
    return Run.objects.filter(export=export).exists() and to_json(access.scope) == export.scope


def mine(access: Access) -> list[Export]:
    """Return somebody's own exports, newest first."""
    access.demand("export_logs")
    return list(Export.objects.filter(tenant__name=access.tenant, owner=access.username)[:200])


def cancel(actor: Actor, export: Export) -> Export:
    """End an export that is not made yet; one that is made stays."""
    changed = Export.objects.filter(pk=export.pk, status=Export.QUEUED).update(
        status=Export.CANCELLED, cancel_asked=True, finished=dt.datetime.now(times.UTC)
    )
    changed = changed or Export.objects.filter(pk=export.pk, status=Export.RUNNING).update(cancel_asked=True)
    if changed:
        record(actor, "export", "cancel", obj=f"export:{export.id}")
    export.refresh_from_db()
    return export


def fetch(actor: Actor, export: Export, folder: Path) -> Path:
    """Permit and record the download of a finished export; returns its file. Raises Conflict where it is not made,
    Forbidden where its owner would not get the same rows today, NotFound where the file is gone."""
    permit(actor, export.stream)
    if export.status != Export.DONE:
        raise Conflict(f"This export is {export.status}: its file can be fetched once it is done.")
    if to_json(actor.access.scope) != export.scope:
        raise Forbidden(CHANGED, extra={"permission": "export_logs"})
    path = folder / export.file
    if not path.is_file():
        raise NotFound("The file of this export is gone: ask for it again.")
    record(actor, "export", "download", obj=f"export:{export.id}", params={"format": export.format})
    return path


def begin(actor: Actor, reader: Reader, order: Order) -> making.Plan:
    """Return the plan of a small export that is answered at once. Raises Forbidden, Invalid, BadQuery."""
    orders.check(order)
    permit(actor, order.stream)
    scope = actor.access.scope
    plan = making.plan(reader, order, scope, reader.last_seq(scope, order.stream))
    told(actor, order, "create", "at-once", plan.about.rows)
    return plan


def fits_at_once(reader: Reader, scope: Scope, order: Order) -> bool:
    """Whether an export is small enough to be answered at once."""
    orders.check(order)
    return reader.count(scope, order.query).count <= AT_ONCE[order.format]
