"""Runs the real command line as processes, as a person's shell would."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

BROWSER = Path(__file__).with_name("browser.py")
NOT_META = "The Graph API host is http://localhost"
COMMAND = [sys.executable, "-m", "metaconnect"]


def browser(wanted):
    """Return a $BROWSER that answers the consent page as *wanted*."""
    return f"{sys.executable} {BROWSER} {wanted} %s"


class Shell:
    """A working folder and an environment to run commands in."""

    def __init__(self, folder, **env):
        self.folder = folder
        inherited = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
        self.env = {n: os.environ[n] for n in inherited if n in os.environ}
        self.env |= {"PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1"}
        self.env |= {name: str(value) for name, value in env.items()}

    def run(self, *arguments, stdin="", timeout=40, **env):
        """Run to the end and return the CompletedProcess."""
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.env | env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *arguments, **env):
        """Start, and return a Running that is ended with the block."""
        return Running(
            subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                cwd=self.folder,
                env=self.env | env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    def at_terminal(self, *arguments, **env):
        """Start at a terminal of its own."""
        return AtTerminal(self, [*COMMAND, *map(str, arguments)], env)


class Running:
    """A process that talks on stderr while it runs."""

    def __init__(self, process):
        self.process = process
        self.said = ""

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def until(self, pattern):
        """Read stderr until *pattern* appears, and return the match."""
        while not (match := re.search(pattern, self.said)):
            line = self.process.stderr.readline()
            assert line, f"ended before {pattern!r}: {self.said}"
            self.said += line
        return match

    def type(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def end(self, timeout=20):
        """Wait for the end; return exit code, stdout and stderr."""
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out, self.said + err


class AtTerminal:
    """A process with a pseudo-terminal for stdin, stdout and stderr."""

    def __init__(self, shell, command, env):
        self.shown = ""
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:  # pragma: no cover - the child
            os.chdir(shell.folder)
            env = shell.env | {"TERM": "xterm", "COLUMNS": "120", "LINES": "24"} | env
            os.execvpe(command[0], command, env)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def until(self, pattern, timeout=20):
        deadline = time.monotonic() + timeout
        while not (match := re.search(pattern, self.shown)):
            assert time.monotonic() < deadline, f"no {pattern!r} in: {self.shown}"
            assert self._read(), f"ended before {pattern!r}: {self.shown}"
        return match

    def type(self, text):
        os.write(self._terminal, text.encode())

    def kill(self, number):
        os.kill(self._pid, number)

    def end(self, timeout=20):
        """Wait for the end and return the exit code."""
        deadline = time.monotonic() + timeout
        while self._read():
            assert time.monotonic() < deadline, f"still running: {self.shown}"
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def _read(self):
        if select.select([self._terminal], [], [], 0.2)[0]:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # Linux: the other side is closed
                return False
            self.shown += data.decode(errors="replace")
            return bool(data)
        return True


def talk(done):
    """Return stderr without the line that says that this is not Meta."""
    lines = done.stderr.splitlines(keepends=True)
    return "".join(line for line in lines if NOT_META not in line)


def only_json(text):
    """Return the one JSON value that *text* is."""
    return json.loads(text)
