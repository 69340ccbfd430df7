"""Parquet: written in row groups of a bounded size, so that memory stays flat. Times are in UTC, to the microsecond."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from earwitness.deliver.formats.about import About, lines

ROWS_A_GROUP = 20_000


def write(path: Path, rows: Iterator[Sequence[Any]], columns: Sequence[tuple[str, str]], about: About) -> int:
    """Write the file and return how many rows it holds.

    columns: (name, kind) in the order of the values: "text", "time" (RFC 3339 text), "number" (whole) or "seconds".
    What the file says about itself is in its key-value metadata, under names that begin with ``earwitness:``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"text": pa.string(), "number": pa.int64(), "seconds": pa.float64(), "time": pa.timestamp("us", tz="UTC")}
    notes = {f"earwitness:{label.lower().replace(' ', '_')}": text for label, text in lines(about)}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns], metadata=notes)
    done = 0
    with pq.ParquetWriter(str(path), schema, compression="zstd") as writer:
        while group := list(islice(rows, ROWS_A_GROUP)):
            turned = zip(*group, strict=True)
            arrays = [
                pa.array(_values(values, kind), type=kinds[kind])
                for values, (_, kind) in zip(turned, columns, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            done += len(group)
    return done


def _values(values: Sequence[Any], kind: str) -> Sequence[Any]:
    if kind == "time":
        return [dt.datetime.fromisoformat(value) if value else None for value in values]
    return values
