"""The recordings of real switches that the tests read: text of messages with their times, and raw bytes."""

import gzip
import json
from pathlib import Path

ROOT = Path(__file__).parents[1] / "recordings"
FOLDERS = sorted(path.parent for path in ROOT.glob("v*/*/expected.json"))
NAMES = [f"{folder.parent.name}/{folder.name}" for folder in FOLDERS]


def lines(folder: Path | str, name: str = "ami.jsonl.gz") -> list[tuple[float, str]]:
    """Return (epoch seconds, raw message) of one connection in a folder."""
    with gzip.open(ROOT / folder / name, "rt", encoding="utf-8") as stream:
        return [(row["t"], row["raw"]) for row in map(json.loads, stream)]


def raw(folder: Path | str, name: str = "ami.raw.gz") -> bytes:
    """Return the unframed bytes of one connection in a folder."""
    return gzip.decompress((ROOT / folder / name).read_bytes())
