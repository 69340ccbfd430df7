"""Writes the generated history to a file, for benchmarks and for trying an import: ``python -m earwitness.demo``."""

import argparse
import datetime as dt
import os
import sys

from earwitness.demo.history import Plan, generate


def main() -> None:
    """Write NDJSON to a file or to standard output."""
    parser = argparse.ArgumentParser(prog="python -m earwitness.demo", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--days", type=int, default=300)
    parser.add_argument("--end", type=dt.datetime.fromisoformat, default="2026-11-20T18:00:00+00:00")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--out", default="-", help="file, or - for standard output")
    given = parser.parse_args()
    plan = Plan(given.rows, given.end, given.days, given.seed)
    with sys.stdout.buffer if given.out == "-" else open(given.out, "wb") as file:
        for lines in generate(plan, processes=given.processes):
            file.write(lines)


if __name__ == "__main__":
    main()
