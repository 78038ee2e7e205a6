"""The Python that forks; `forks.py` starts it with the number of a socket."""

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import socket
import struct
import sys
import termios

NUMBER = struct.Struct("i")
LATER = (
    "anyio._backends._asyncio",
    "anyio.streams.tls",
    "certifi",
    "concurrent.futures.thread",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.x509",
    "dotenv",
    "duckdb",
    "encodings.idna",
    "encodings.utf_16_le",
    "filelock",
    "h2.connection",
    "httpcore",
    "keyring",
    "postgrest",
    "psycopg",
    "rich._emoji_codes",
    "rich.table",
    "segno",
    "sqlite3",
    "supabase_auth",
    "typer._click.decorators",
    "typer.rich_utils",
)


def import_everything():
    """Import the package, and what it puts off until it is used."""
    sys.modules["httpx._main"] = None
    import metaconnect

    for module in pkgutil.walk_packages(metaconnect.__path__, "metaconnect."):
        # Of Spark the command line knows nothing, and it need not be there.
        if not module.name.endswith((".__main__", ".spark")):
            importlib.import_module(module.name)
    for name in LATER:
        importlib.import_module(name)


def wait_for_calls(control):
    """Fork for each call. Returns in the child, or ends with the control socket."""
    running = {}
    while True:
        ready, _, _ = select.select([control, *running], [], [])
        for pidfd in set(ready) & set(running):
            pid, status = running.pop(pidfd)
            os.close(pidfd)
            report_end(pid, status)
        if control in ready:
            data, given, _, _ = socket.recv_fds(control, 1 << 20, 4)
            if not data:
                sys.exit()
            status = socket.socket(fileno=given[0])
            if (pid := os.fork()) == 0:
                for other in (control, status, *(s for _, s in running.values())):
                    other.close()
                for pidfd in running:
                    os.close(pidfd)
                return json.loads(data), given[1:]
            for number in given[1:]:
                os.close(number)
            running[os.pidfd_open(pid)] = pid, status
            status.sendall(NUMBER.pack(pid))


def report_end(pid, status):
    _, code = os.waitpid(pid, 0)
    with status, contextlib.suppress(BrokenPipeError):  # where nobody waits
        status.sendall(NUMBER.pack(os.waitstatus_to_exitcode(code)))


def become(call, streams):
    """Take the folder, environment, arguments and streams that were asked for."""
    if call["terminal"]:
        os.setsid()
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(call["cwd"])
    os.environ.clear()
    os.environ.update(call["env"])
    sys.argv = ["metaconnect", *call["arguments"]]
    del sys.path[0]  # this file's folder
    sys.stdin = sys.__stdin__ = reopened(sys.stdin, 0, "r", None)
    sys.stdout = sys.__stdout__ = reopened(sys.stdout, 1, "w", "\n")
    sys.stderr = sys.__stderr__ = reopened(sys.stderr, 2, "w", "\n")
    sys.stderr.reconfigure(line_buffering=True)


def reopened(former, number, mode, newline):
    return open(
        number,
        mode,
        encoding=former.encoding,
        errors=former.errors,
        newline=newline,
        closefd=False,
    )


def run(call):
    """Run the command line, or the code that was given, and note how it ended."""
    try:
        if call["code"] is None:
            runpy.run_module("metaconnect", run_name="__main__", alter_sys=True)
        else:
            exec(call["code"], {"__name__": "__main__"})
    except SystemExit as exc:
        ended.append(exc.code or 0)
        raise
    ended.append(0)


def leave():
    """
    End after all else that runs at the end, and leave the modules as they are.

    To take them apart, as Python does next, takes ten times as long as the fork.
    What did not end as it should is left to Python.
    """
    if ended and isinstance(ended[0], int):
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended[0])


ended = []

if __name__ == "__main__":
    atexit.register(leave)  # the first that is registered is the last that is called
    with socket.socket(fileno=int(sys.argv[1])) as control:
        import_everything()
        gc.collect()
        gc.freeze()
        call, streams = wait_for_calls(control)
    become(call, streams)
    run(call)
