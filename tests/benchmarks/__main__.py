"""The way in: python -m tests.benchmarks [NAME ...] [--turns N]"""

import argparse
import compileall
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from . import fleet, reading, sparking, startup, syncing
from .programs import Programs
from .report import Line, print_table
from .servers import ROOT

BENCHMARKS: Mapping[str, Callable[[Programs, int], Iterator[Line]]] = {
    "help": startup.help_text,
    "version": startup.version,
    "insights": reading.seven_rows,
    "bulk": reading.many_rows,
    "latency": reading.slow_pages,
    "clients": reading.many_clients,
    "memory": reading.memory,
    "requests": reading.requests,
    "imports": startup.imports,
    "sync": syncing.sync,
    "spark": sparking.spark,
    "fleet": fleet.fleet,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Print what metaconnect costs, as ratios to a floor or a peer.",
        epilog="; ".join(f"{n}: {each.__doc__}" for n, each in BENCHMARKS.items()),
    )
    names = ", ".join(BENCHMARKS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {names}")
    parser.add_argument("--turns", type=int, default=11, help="pairs of runs (11)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {names}")
    if options.turns < 1:
        parser.error("at least one turn")
    # As pip leaves it: no figure holds the time of compiling.
    compileall.compile_dir(ROOT / "metaconnect", quiet=2)
    lines: list[Line] = []
    for name in options.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        with TemporaryDirectory(prefix="metaconnect-benchmark-") as folder:
            lines += BENCHMARKS[name](Programs(Path(folder)), options.turns)
    if lines:
        print_table(lines)


if __name__ == "__main__":
    main()
