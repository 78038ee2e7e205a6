"""Whole processes, measured in turn: A B A B, and the median of the ratios."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

METER = [sys.executable, "-I", "-S", str(Path(__file__).with_name("meter.py"))]
TIMEOUT = 900.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one process took."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


@dataclass(frozen=True, kw_only=True)
class Command:
    """A Python program to run: the interpreter's arguments, and settings."""

    arguments: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path

    def cost(self) -> Cost:
        """Run it once. Raises RuntimeError, with its words, where it fails."""
        done = self._run([*METER, sys.executable, *self.arguments])
        facts = json.loads(done.stdout)
        if facts.pop("exit_code"):
            raise RuntimeError(f"{self.arguments}: {done.stderr}")
        return Cost(**facts)

    def lines(self) -> int:
        """Run it once, unmeasured, and return how many lines it prints."""
        return self.text().count("\n")

    def text(self) -> str:
        """Run it once, unmeasured, and return what it prints."""
        done = self._run([sys.executable, *self.arguments])
        if done.returncode:
            raise RuntimeError(f"{self.arguments}: {done.stderr}")
        return done.stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Medians over all turns; a ratio below 1 is in our favour."""

    ours: float
    theirs: float
    ratio: float
    cpu_ratio: float


def compare(ours: Command, theirs: Command, turns: int) -> Comparison:
    """Run both *turns* times in turn, after one run each that does not count."""
    ours.cost(), theirs.cost()
    pairs = [(ours.cost(), theirs.cost()) for _ in range(turns)]
    return Comparison(
        ours=median(a.seconds for a, _ in pairs),
        theirs=median(b.seconds for _, b in pairs),
        ratio=median(a.seconds / b.seconds for a, b in pairs),
        cpu_ratio=median(a.cpu_seconds / b.cpu_seconds for a, b in pairs),
    )
