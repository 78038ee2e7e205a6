"""
Processes of the command line without the start of an interpreter each.

A Python that has imported everything waits, and forks for each command, which
takes a tenth of the time. What comes out is a process like any other, with a
folder, an environment, streams and signals of its own, and runs
`metaconnect.__main__`. What happens before that is not in it: a command whose
environment Python itself reads gets an interpreter (`can_fork`), and so do the
tests of the start (tests/test_safe_path.py, tests/cli/test_imports.py, and what
goes through a shell).
"""

import atexit
import contextlib
import functools
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

ROOT = str(Path(__file__).parents[2])
FORKING = Path(__file__).with_name("forking.py")
# What Python reads when it starts, and libraries while they are imported.
READ_AT_START = re.compile(
    "PYTHON|LANG|LC_|TZ$|COVERAGE|TERMINAL_WIDTH|_?TYPER|FORCE_COLOR|PY_COLORS|GITHUB_"
)
NUMBER = struct.Struct("i")


def can_fork(env):
    read = {name: env[name] for name in env if READ_AT_START.match(name)}
    return hasattr(os, "pidfd_open") and read == as_started()


def as_started():
    language = {"LANG": os.environ["LANG"]} if "LANG" in os.environ else {}
    return {"PYTHONPATH": ROOT, **language}


@functools.cache
def server():
    """Start the Python that forks; return the socket that it listens to."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, FORKING, str(theirs.fileno())],
            env={"PATH": os.environ["PATH"], **as_started()},
            cwd="/",
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )

    @atexit.register
    def end():
        ours.close()
        process.wait(10)

    return ours


def run_code(code, *arguments, env):
    """Run *code* as `python -c` does, from /; return the exit code."""
    env = env | as_started()
    if can_fork(env):
        process = Forked(arguments, cwd="/", env=env, code=code)
        process.communicate()
        return process.returncode
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd="/", env=env, check=False).returncode


class Forked:
    """
    What `subprocess.Popen(text=True)` is, with pipes unless *terminal* is given.

    It runs the command line, or *code* as `python -c` does.
    """

    def __init__(self, arguments, *, cwd, env, terminal=None, code=None):
        self.args = arguments
        self.returncode = self._said = None
        self._status, theirs = socket.socketpair()
        given = [terminal] * 3 if terminal else self._pipes()
        call = {"arguments": list(map(str, arguments)), "cwd": str(cwd), "env": env}
        call |= {"terminal": terminal is not None, "code": code}
        data = json.dumps(call).encode()
        socket.send_fds(server(), [data], [theirs.fileno(), *given])
        theirs.close()
        if not terminal:
            for number in given:
                os.close(number)
        self.pid = self._number()

    def _pipes(self):
        (stdin, feed), (out, stdout), (err, stderr) = os.pipe(), os.pipe(), os.pipe()
        self.stdin = os.fdopen(feed, "w")
        self.stdout, self.stderr = os.fdopen(out), os.fdopen(err)
        return [stdin, stdout, stderr]

    def _number(self):
        data = self._status.recv(NUMBER.size)
        assert data, f"no process was forked for {self.args}"
        return NUMBER.unpack(data)[0]

    def poll(self):
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.returncode = self._number()
            self._status.close()
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            select.select([self._status], [], [], timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def communicate(self, text="", timeout=None):
        """Send *text* as the last input; return stdout and stderr to their ends."""
        if self._said is None:
            self._said = ["", ""]
            readers = [Thread(target=self._read, args=[n], daemon=True) for n in (0, 1)]
            for reader in readers:
                reader.start()
            self._feed(text)
            deadline = time.monotonic() + (timeout or 3600)
            for reader in readers:
                reader.join(max(0, deadline - time.monotonic()))
                if reader.is_alive():
                    raise subprocess.TimeoutExpired(self.args, timeout)
            self.wait(max(0, deadline - time.monotonic()))
        return self._said

    def _read(self, number):
        with (self.stdout, self.stderr)[number] as stream:
            self._said[number] = stream.read()

    def _feed(self, text):
        with contextlib.suppress(BrokenPipeError), self.stdin:
            self.stdin.write(text)
