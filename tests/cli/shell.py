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

from .forks import Forked, can_fork

BROWSER = Path(__file__).with_name("browser.py")
NOT_META = "The Graph API host is http://localhost"
COMMAND = [sys.executable, "-m", "metaconnect"]
# Make stdin the terminal of this session, so that Ctrl-C is a signal.
ON_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


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
        process = self._process(arguments, env)
        try:
            out, err = process.communicate(stdin, timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, *arguments, **env):
        """Start, and return a Running that is ended with the block."""
        return Running(self._process(arguments, env))

    def at_terminal(self, *arguments, **env):
        """Start at a terminal of its own."""
        return AtTerminal(self, arguments, env)

    def _process(self, arguments, env):
        env = self.env | env
        if can_fork(env):
            return Forked(arguments, cwd=self.folder, env=env)
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


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

    def __init__(self, shell, arguments, env):
        self.shown = ""
        env = shell.env | {"TERM": "xterm", "COLUMNS": "120", "LINES": "24"} | env
        self._terminal, theirs = pty.openpty()
        try:
            self._process = at_terminal(arguments, shell.folder, env, theirs)
        finally:
            os.close(theirs)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self._process.kill()
        self._process.wait(10)
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
        self._process.send_signal(number)

    def end(self, timeout=20):
        """Wait for the end and return the exit code."""
        deadline = time.monotonic() + timeout
        while self._read():
            assert time.monotonic() < deadline, f"still running: {self.shown}"
        return self._process.wait(timeout)

    def _read(self):
        if select.select([self._terminal], [], [], 0.2)[0]:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # Linux: the other side is closed
                return False
            self.shown += data.decode(errors="replace")
            return bool(data)
        return True


def at_terminal(arguments, folder, env, terminal):
    if can_fork(env):
        return Forked(arguments, cwd=folder, env=env, terminal=terminal)
    return subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, *COMMAND, *map(str, arguments)],
        cwd=folder,
        env=env,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )


def talk(done):
    """Return stderr without the line that says that this is not Meta."""
    lines = done.stderr.splitlines(keepends=True)
    return "".join(line for line in lines if NOT_META not in line)


def only_json(text):
    """Return the one JSON value that *text* is."""
    return json.loads(text)
