"""Parquet: written in row groups of a bounded size, so that memory stays flat. Times are in UTC, to the microsecond.

The embedded engine makes a Parquet file whole before it hands over its first byte; CSV it streams. So the rows come as
CSV, and pyarrow reads and writes them as columns, without a Python object for any value.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from earwitness.deliver.formats.about import About, lines

BYTES_A_GROUP = 16 * 1024 * 1024
END = "end"  # the empty cell at the end of each line


def write(path: Path, rows: IO[bytes], columns: Sequence[tuple[str, str]], about: About) -> int:
    """Write the file and return how many rows it holds.

    rows: CSV lines without names, with one empty cell at the end. columns: (name, kind) in the order of the cells:
    "text", "time" (RFC 3339 in UTC), "number" (whole) or "seconds"; an empty cell that is no text is null. What the
    file says about itself is in its key-value metadata, under names that begin with ``earwitness:``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"text": pa.string(), "number": pa.int64(), "seconds": pa.float64(), "time": pa.timestamp("us", tz="UTC")}
    notes = {f"earwitness:{label.lower().replace(' ', '_')}": text for label, text in lines(about)}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns], metadata=notes)
    done = 0
    with pq.ParquetWriter(str(path), schema, compression="zstd") as writer:
        for batch in _batches(rows, schema):
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
            done += len(batch)
    return done


def _batches(rows: IO[bytes], schema: Any) -> Any:
    """Return the rows in batches; none where there is no row, which the reader of CSV does not take."""
    from pyarrow import csv

    stream = _Peeked(rows)
    if not stream.first:
        return ()
    return csv.open_csv(
        stream,
        read_options=csv.ReadOptions(column_names=[*schema.names, END], block_size=BYTES_A_GROUP, use_threads=True),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=schema, include_columns=schema.names, strings_can_be_null=False, null_values=[""]
        ),
    )


class _Peeked:
    """A stream of which the first piece is known. Just what pyarrow asks of a file to read."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.first = stream.read(65_536)

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes."""
        if self.first:
            piece, self.first = (self.first, b"") if size < 0 else (self.first[:size], self.first[size:])
            return piece
        return self._stream.read(size)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def close(self) -> None:
        """Leave the stream to whoever opened it."""
