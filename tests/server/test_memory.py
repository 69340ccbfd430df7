"""What a server lets go of."""

import mmap
import sys
from pathlib import Path

import pytest

from earwitness.server.memory import _let_go, unwritten

SMAPS = """\
7f1dd7e00000-7f1de0e57000 r--p 00000000 fe:00 16040685                   /lib/engine.so
Rss:               52096 kB
Anonymous:             0 kB
7f1de0e57000-7f1df8429000 r-xp 09056000 fe:00 16040685                   /lib/engine.so
Rss:              212140 kB
Anonymous:             0 kB
7f1df8429000-7f1dfc957000 r--p 20627000 fe:00 16040685                   /lib/engine.so
Anonymous:         11432 kB
7f1dfc957000-7f1e00957000 rw-p 21154000 fe:00 16040685                   /lib/engine.so
Anonymous:             0 kB
7f1e10000000-7f1e20000000 r--p 00000000 00:00 0
Anonymous:             0 kB
7f1e30000000-7f1e30001000 r-xp 00000000 fe:00 16040686                   /lib/small.so
Anonymous:             0 kB
7f1e40000000-7f1e50000000 r--s 00000000 fe:00 16040687                   /data/shared
Anonymous:             0 kB
"""


def test_only_large_parts_of_files_that_nobody_wrote_to_are_let_go() -> None:
    """Neither what can be written, nor what the loader has written to, nor memory without a file."""
    assert list(unwritten(SMAPS)) == [(0x7F1DD7E00000, 0x9057000), (0x7F1DE0E57000, 0x175D2000)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone tells of mappings and takes them back so")
def test_what_was_let_go_is_read_again(tmp_path: Path) -> None:
    """A file that is mapped reads the same before and after; the engine goes on, as every other test shows."""
    file = tmp_path / "large"
    file.write_bytes(b"earwitness" * (4 << 20))
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as seen:
        before = seen[::4096]
        assert len(seen) in [size for _, size in unwritten(Path("/proc/self/smaps").read_text())]
        _let_go()
        assert seen[::4096] == before
