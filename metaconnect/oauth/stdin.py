"""Cancellable reading of one line from a file descriptor."""

from __future__ import annotations

import asyncio
import os
import select
import threading

from .receiver import set_result, set_result_threadsafe

MAX_LINE = 65536
POLL_INTERVAL = 0.1


async def read_line(fd: int) -> str | None:
    """
    Return the next line of *fd*, or None at its end.

    Nothing after the line is read: later prompts use the same terminal. A line
    longer than 64 KiB is cut.
    """
    if os.name != "posix":
        return await _read_line_in_thread(fd)
    line = bytearray()
    while len(line) < MAX_LINE:
        await _wait_readable(fd)
        byte = os.read(fd, 1)
        if not byte and not line:
            return None
        if byte in (b"", b"\n"):
            break
        line += byte
    return line.decode("utf-8", "replace")


async def _wait_readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    try:
        loop.add_reader(fd, set_result, ready, None)
    except OSError:
        # epoll refuses regular files, and kqueue some terminals; select does not.
        await _poll(fd)
        return
    try:
        await ready
    finally:
        loop.remove_reader(fd)


async def _poll(fd: int) -> None:
    while not select.select([fd], [], [], 0)[0]:  # noqa: ASYNC110
        await asyncio.sleep(POLL_INTERVAL)


async def _read_line_in_thread(fd: int) -> str | None:
    """
    Read where a console cannot be polled (Windows).

    After a cancellation the thread still consumes the next line. It does not
    use sys.stdin, whose lock would block the interpreter's shutdown.
    """
    line_read: asyncio.Future[str | None]
    line_read = asyncio.get_running_loop().create_future()

    def read() -> None:
        line = bytearray()
        while (byte := os.read(fd, 1)) and byte != b"\n":
            line += byte
        text = line.decode("utf-8", "replace") if line or byte else None
        set_result_threadsafe(line_read, text)

    threading.Thread(target=read, daemon=True, name="paste").start()
    return await line_read
