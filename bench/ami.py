"""How many AMI messages a second of processor time go through parser and state machine, and whether memory stays flat.

    python bench/ami.py [--floors 40] [--loops 20]

The recorded busy minute (25 calls, 7 spies, noise) is multiplied: 40 floors at once are 2,000 channels and more than
200 open sessions; every loop is the same minute again with fresh times and fresh unique ids.
"""

import argparse
import gzip
import json
import resource
import time
from pathlib import Path

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.rerun import rerun
from earwitness.collect.sink import Found
from earwitness.model.segment import Segment

RECORDING = Path(__file__).parents[1] / "tests/recordings/v22/18-busy-minute/ami.jsonl.gz"
CHUNK = 64 * 1024


def minute(floors: int, loop: int) -> bytes:
    """Return one minute of traffic of several floors at once, with ids of its own."""
    with gzip.open(RECORDING, "rt", encoding="utf-8") as stream:
        recorded = [json.loads(line)["raw"] for line in stream][3:]
    return "".join(
        rerun(raw, seconds=60 * loop, run=loop * floors + floor) for raw in recorded for floor in range(floors)
    ).encode()


def run(data: bytes, parser: ami.Parser, collector: Collector, us: int) -> tuple[int, int, int]:
    """Feed one minute; return messages, most channels, most open sessions."""
    count = channels = sessions = 0
    for at in range(0, len(data), CHUNK):
        for message in parser.feed(data[at : at + CHUNK]):
            count += 1
            us += 25
            collector.feed(message, us)
        channels = max(channels, collector.channels)
        sessions = max(sessions, len(collector.going_on(us)))
    return count, channels, sessions


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--floors", type=int, default=40)
    options.add_argument("--loops", type=int, default=20)
    arguments = options.parse_args()
    found: list[Found] = []
    parser, collector = ami.Parser(), Collector(found.append, pbx="bench")
    spent = total = segments = 0
    for loop in range(arguments.loops):
        data = minute(arguments.floors, loop)
        began = time.process_time()
        count, channels, sessions = run(data, parser, collector, (1_795_436_777 + 60 * loop) * 1_000_000)
        took = time.process_time() - began
        spent, total = spent + took, total + count
        segments += sum(isinstance(one, Segment) for one in found)
        found.clear()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"minute {loop + 1}: {count} messages, {channels} channels, {sessions} open,"
            f" {count / took:,.0f} messages/s, {segments} segments, {collector.channels} channels left, {memory} MB",
            flush=True,
        )
    print(f"{total / spent:,.0f} messages/s over {total:,} messages")


if __name__ == "__main__":
    main()
