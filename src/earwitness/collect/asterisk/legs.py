"""The legs of a supervised call, as its call detail records tell them: activity events ``call`` / ``cdr``."""

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final

from earwitness.collect.asterisk.cdr import Cdr
from earwitness.collect.sink import Activity
from earwitness.model import times

NAMESPACE: Final = uuid.UUID("0d0f6c1c-6f0b-5a43-8a0e-0b7a6a1d2c3e")
EVENT: Final = ("call", "cdr")
REMEMBERED: Final = 5_000


class Legs:
    """Hands out each record once, as far as it remembers; its id is the same every time."""

    def __init__(self, *, pbx: str, tenant: str) -> None:
        self._pbx = pbx
        self._tenant = tenant
        self._told: OrderedDict[str, None] = OrderedDict()

    def of(self, rows: Iterable[Cdr]) -> Iterator[Activity]:
        """Yield the records of one call that were not handed out before; one without its times tells no leg."""
        for row in rows:
            activity = self._activity(row)
            if activity is None or activity.id in self._told:
                continue
            self._told[activity.id] = None
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
            yield activity

    def _activity(self, row: Cdr) -> Activity | None:
        if row.start is None or row.end is None:
            return None
        start, answer, end = (times.text(at) if at else "" for at in (row.start, row.answer, row.end))
        params = {
            "pbx": self._pbx,
            "channel": row.channel,
            "dstchannel": row.dstchannel,
            "src": row.src,
            "dst": row.dst,
            "start": start,
            "answer": answer,
            "end": end,
            "billsec": row.billsec,
            "lastapp": row.lastapp,
            "sequence": row.sequence,
        }
        said = "\n".join((self._tenant, self._pbx, row.uniqueid, row.linkedid, str(row.sequence), start, row.channel))
        return Activity(
            id=str(uuid.uuid5(NAMESPACE, said)),
            tenant=self._tenant,
            created=row.end,
            event=EVENT[0],
            sub_event=EVENT[1],
            event_object=f"cdr:{row.cdr_id}",
            object_type="cdr",
            object_id=row.cdr_id,
            call_id=row.linkedid or row.uniqueid,
            params={name: value for name, value in params.items() if value not in ("", None)},
        )
