"""Reading one line from a file descriptor, in a way that can be cancelled."""

from __future__ import annotations

import asyncio
import os
import select
import threading

from .futures import settle, settle_from_thread

LONGEST_LINE = 65536
POLL_INTERVAL = 0.1


async def read_line(fd: int) -> str | None:
    """
    Return the next line of *fd*, or None at its end.

    Not a byte after the line is taken: the prompts that come later read from
    the same terminal. An endless line is cut at 64 KiB.
    """
    if os.name != "posix":
        return await _read_line_in_thread(fd)
    line = bytearray()
    while len(line) < LONGEST_LINE:
        await _readable(fd)
        byte = os.read(fd, 1)
        if not byte and not line:
            return None
        if byte in (b"", b"\n"):
            break
        line += byte
    return line.decode("utf-8", "replace")


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    try:
        loop.add_reader(fd, settle, ready, None)
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
    Read where a console cannot be watched (Windows).

    Cancelled, the thread goes on and takes the next line with it; it holds no
    lock of sys.stdin, so that it does not disturb the interpreter's shutdown.
    """
    answer: asyncio.Future[str | None]
    answer = asyncio.get_running_loop().create_future()

    def read() -> None:
        line = bytearray()
        while (byte := os.read(fd, 1)) and byte != b"\n":
            line += byte
        text = line.decode("utf-8", "replace") if line or byte else None
        settle_from_thread(answer, text)

    threading.Thread(target=read, daemon=True, name="paste").start()
    return await answer
