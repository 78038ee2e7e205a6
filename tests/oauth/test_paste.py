from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading

import pytest

from metaconnect.errors import AuthError, AuthorizationDenied
from metaconnect.oauth.loopback import LoopbackReceiver
from metaconnect.oauth.paste import PasteReceiver, parse_pasted
from metaconnect.oauth.receiver import first_response

from .conftest import authorization_request
from .wire import callback, get

pytestmark = pytest.mark.anyio
posix_only = pytest.mark.skipif(
    sys.platform == "win32", reason="no pseudo-terminals on Windows"
)
ADDRESS = "http://localhost:8765/callback?code=CODE&state=STATE"


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS,
        f"{ADDRESS}#_=_",
        f"  {ADDRESS}\t\r\n",
        f"'{ADDRESS}'",
        f'"{ADDRESS}#_=_"',
        f"<{ADDRESS}>",
        f"\x1b[200~{ADDRESS}\x1b[201~",
        r"http://localhost:8765/callback\?code\=CODE\&state\=STATE\#_\=_",
        "localhost:8765/callback?code=CODE&state=STATE",
        "https://www.facebook.com/connect/login_success.html?code=CODE&state=STATE#_=_",
        "?code=CODE&state=STATE",
        "code=CODE&state=STATE#_=_",
        "state=STATE&code=CODE",
        "code=%43ODE&state=STATE",
    ],
)
def test_every_way_to_paste_an_address_is_understood(text):
    assert parse_pasted(text) == {"code": "CODE", "state": "STATE"}


def test_a_pasted_denial_is_a_response():
    pasted = parse_pasted("?error=access_denied&error_description=No+way&state=S#_=_")

    assert pasted["error_description"] == "No way"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "No address was pasted"),
        ("''", "No address was pasted"),
        ("AQDsecretcode_-x", "A code alone is not enough"),
        ("http://localhost:8765/callback", "holds no answer"),
        ("https://www.facebook.com/login.php#", "holds no answer"),
        ("http://localhost:8765/callback?code=CODE", "has no state"),
        ("https://www.facebook.com/dialog/oauth?client_id=1&state=S", "of the login"),
        ("?code=a&code=b&state=S", "cannot be read"),
        ("a=1&" * 1000, "cannot be read"),
    ],
)
def test_what_is_no_response_is_said_clearly(text, problem):
    with pytest.raises(AuthError, match=problem) as error:
        parse_pasted(text)

    assert "Copy the whole address" in error.value.hint
    assert "secretcode" not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost/callback?#access_token=EAAsecret&expires_in=5&state=S",
        "https://www.facebook.com/connect/login_success.html#access_token=EAAsecret",
        "access_token=EAAsecret&state=S",
    ],
)
def test_a_token_in_the_place_of_a_code_is_explained(text):
    with pytest.raises(AuthorizationDenied, match="token instead of a code") as error:
        parse_pasted(text)

    assert "EAAsecret" not in f"{error.value} {error.value.hint}"


class Paste:
    """A paste receiver at the end of *stream*, and all that it said."""

    def __init__(self, stream: int, *, interactive: bool) -> None:
        self.prompts = 0
        self.said: list[str] = []
        self.request = authorization_request()
        self.receiver = PasteReceiver(
            "http://localhost:8765/callback",
            stream=stream,
            prompt=self._prompt,
            say=self.said.append,
            interactive=interactive,
        )

    def _prompt(self) -> None:
        self.prompts += 1

    @property
    def good(self) -> str:
        return "http://localhost:8765" + callback(code="CODE", state=self.request.state)

    async def receive(self) -> dict[str, str]:
        return await asyncio.wait_for(self.receiver.receive(self.request.pending), 10)


@pytest.fixture
def terminal():
    """The person's end of a pseudo-terminal, and the program's."""
    person, program = os.openpty()
    yield person, program
    for fd in (person, program):
        with contextlib.suppress(OSError):
            os.close(fd)


@pytest.fixture
def pipe():
    reads, writes = os.pipe()
    yield reads, writes
    for fd in (reads, writes):
        with contextlib.suppress(OSError):
            os.close(fd)


@posix_only
async def test_a_wrong_paste_is_said_and_asked_again(terminal):
    person, program = terminal
    paste = Paste(program, interactive=True)
    wrong = callback(code="CODE", state="wrong")
    os.write(person, f"nonsense\n{wrong}\n\n{paste.good}\n".encode())

    assert (await paste.receive())["code"] == "CODE"
    assert paste.prompts == 4
    problems = ["A code alone", "not the answer to this login", "No address"]
    for problem, said in zip(problems, paste.said, strict=True):
        assert problem in said


@posix_only
async def test_what_follows_the_line_is_left_for_the_next_prompt(terminal):
    person, program = terminal
    paste = Paste(program, interactive=True)
    os.write(person, f"{paste.good}\n2\n".encode())
    await paste.receive()

    assert os.read(program, 100) == b"2\n"


@posix_only
async def test_the_end_of_a_terminal_is_no_address(terminal):
    person, program = terminal
    os.write(person, b"\x04")  # Ctrl-D

    with pytest.raises(AuthError, match="No address was pasted"):
        await Paste(program, interactive=True).receive()


async def test_one_line_of_a_pipe_is_enough(pipe):
    reads, writes = pipe
    paste = Paste(reads, interactive=False)
    os.write(writes, f"{paste.good}\nrest".encode())

    assert (await paste.receive())["code"] == "CODE"
    assert os.read(reads, 100) == b"rest"


async def test_a_last_line_without_its_end_counts(pipe):
    reads, writes = pipe
    paste = Paste(reads, interactive=False)
    os.write(writes, paste.good.encode())
    os.close(writes)

    assert (await paste.receive())["code"] == "CODE"


@pytest.mark.parametrize("text", ["", "\n", "nonsense\n", "?code=C&state=wrong\n"])
async def test_without_a_person_one_wrong_line_is_the_end(pipe, text):
    reads, writes = pipe
    paste = Paste(reads, interactive=False)
    os.write(writes, f"{text}".encode())
    os.close(writes)

    with pytest.raises(AuthError):
        await paste.receive()
    assert paste.prompts == 1
    assert paste.said == []


async def test_a_regular_file_is_read(tmp_path):
    with (tmp_path / "stdin").open("w+b") as file:
        paste = Paste(file.fileno(), interactive=False)
        file.write(f"{paste.good}\n".encode())
        file.seek(0)

        assert (await paste.receive())["code"] == "CODE"


async def test_an_empty_device_is_read():
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        with pytest.raises(AuthError, match="No address was pasted"):
            await Paste(nothing, interactive=False).receive()
    finally:
        os.close(nothing)


@posix_only
async def test_the_browser_wins_the_race_and_the_terminal_is_free_again(terminal):
    person, program = terminal
    paste = Paste(program, interactive=True)
    threads = threading.active_count()
    with LoopbackReceiver("http://localhost:0/callback") as loopback:
        receivers = [loopback, paste.receiver]
        race = asyncio.create_task(first_response(receivers, paste.request.pending, 10))
        target = callback(code="BROWSER", state=paste.request.state)
        reply = await asyncio.to_thread(get, loopback.port, target)
        response = await race

    assert reply.status == 200
    assert response["code"] == "BROWSER"
    os.write(person, b"for the next prompt\n")
    await asyncio.sleep(0.1)
    assert os.read(program, 100) == b"for the next prompt\n"
    # One worker of asyncio.to_thread stays; nobody sits and reads.
    assert threading.active_count() <= threads + 1


@posix_only
async def test_the_paste_wins_the_race_and_the_browser_is_told(terminal):
    person, program = terminal
    paste = Paste(program, interactive=True)
    with LoopbackReceiver("http://localhost:0/callback") as loopback:
        receivers = [loopback, paste.receiver]
        os.write(person, f"{paste.good}\n".encode())
        response = await first_response(receivers, paste.request.pending, 10)

    assert response["code"] == "CODE"
    with pytest.raises(ConnectionRefusedError):
        get(loopback.port, "/")


@posix_only
async def test_a_terminal_that_ends_leaves_the_browser_waiting(terminal):
    person, program = terminal
    paste = Paste(program, interactive=True)
    with LoopbackReceiver("http://localhost:0/callback") as loopback:
        receivers = [loopback, paste.receiver]
        race = asyncio.create_task(first_response(receivers, paste.request.pending, 10))
        os.write(person, b"\x04")
        await asyncio.sleep(0.1)
        assert not race.done()
        target = callback(code="BROWSER", state=paste.request.state)
        await asyncio.to_thread(get, loopback.port, target)

        assert (await race)["code"] == "BROWSER"


@posix_only
async def test_waiting_at_a_terminal_can_be_cancelled(terminal):
    paste = Paste(terminal[1], interactive=True)
    waiting = asyncio.create_task(paste.receive())
    await asyncio.sleep(0.05)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 1)
    # Nothing watches the terminal any more.
    assert not asyncio.get_running_loop().remove_reader(terminal[1])
