"""`Metaconnect`: the program without `await`, wherever it is called."""

import asyncio
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from msgspec.structs import replace

from metaconnect.blocking import Metaconnect
from metaconnect.errors import InvalidRequest, NotConnected
from metaconnect.insights.query import insights_query
from metaconnect.insights.reports import report
from metaconnect.models import AccessToken, Connection
from metaconnect.parts import Parts

from .conftest import ALL, asked


@pytest.fixture
def stored(meta, settings):
    """A settings whose client acme is connected."""

    def store(graph_url=meta.url):
        there = replace(settings, graph_url=graph_url)
        connection = Connection(
            client_id="acme",
            token=AccessToken(value=meta.sandbox.issue_token(scopes=tuple(ALL))),
            user_facebook_id="1",
            ad_account_id="act_101000000000000",
            graph_url=graph_url,
            app_id=meta.app_id,
        )
        Parts(there, print).store.save(connection)
        return there

    return store


def portals():
    return [t for t in threading.enumerate() if "portal" in t.name]


def read(settings):
    with Metaconnect(settings) as meta:
        return meta.insights("acme", "yesterday")


def test_an_audit_of_all_clients(stored):
    with Metaconnect(stored()) as meta:
        (found,) = meta.audit(date_preset="yesterday", breakdowns=["country"]).audits

    assert found.is_explained
    assert found.findings[4].check == "country"


class TestWhereItIsCalled:
    def test_twice_in_a_row_also_with_the_same_object(self, stored):
        settings = stored()
        again = Metaconnect(settings)

        with again:
            rows = again.insights("acme", "yesterday")
        with again:
            assert again.insights("acme", "yesterday") == rows
        assert read(settings) == rows
        assert portals() == []

    def test_one_in_another(self, stored):
        settings = stored()

        with Metaconnect(settings) as outer, Metaconnect(settings) as inner:
            assert outer.insights("acme") == inner.insights("acme")
            assert outer.connections() == inner.connections()

    def test_one_in_itself_is_a_mistake(self, stored):
        with Metaconnect(stored()) as meta:
            with pytest.raises(RuntimeError, match="in use"), meta:
                pass
            assert meta.insights("acme", "yesterday")

    def test_in_threads(self, stored):
        settings = stored()

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(read, [settings] * 4))
        assert found == [found[0]] * 4

    def test_one_program_in_several_threads(self, stored):
        with Metaconnect(stored()) as meta, ThreadPoolExecutor(4) as pool:
            found = list(pool.map(meta.insights, ["acme"] * 8))

        assert len(found[0]) == 7
        assert found == [found[0]] * 8

    def test_in_a_running_loop(self, stored):
        async def cell():
            return read(stored())

        assert asyncio.run(cell())

    @pytest.mark.parametrize("verb", ["connections", "connection", "insights"])
    def test_outside_its_block_it_says_so(self, verb, stored):
        meta = Metaconnect(stored())
        with meta:
            pass

        with pytest.raises(RuntimeError, match="inside its `with` block"):
            getattr(meta, verb)()


class TestErrors:
    def test_come_as_they_are(self, settings):
        with Metaconnect(settings) as meta, pytest.raises(NotConnected):
            meta.insights("acme")

    def test_in_a_stream_end_it(self, stored):
        with Metaconnect(stored()) as meta:
            rows = meta.stream_insights("acme", fields=["no_such_field"])
            with pytest.raises(InvalidRequest):
                next(rows)
            assert list(rows) == []
            assert meta.insights("acme", "yesterday")

    def test_of_the_reader_close_the_stream(self, stored, meta):
        def broken(rows):
            for row in rows:
                raise ValueError(row["ad_id"])

        with Metaconnect(stored()) as program:
            with pytest.raises(ValueError, match=r"\d"):
                broken(program.stream_insights("acme", "last_90d", level="ad"))
            pages = len(asked(meta, "/insights"))
            assert program.insights("acme", "yesterday")
            assert len(asked(meta, "/insights")) == pages + 1

    def test_of_the_block_leave_nothing_running(self, stored):
        with pytest.raises(ValueError, match="ours"), Metaconnect(stored()) as meta:
            next(meta.stream_insights("acme"))
            raise ValueError("ours")

        assert portals() == []

    def test_a_stream_that_outlives_its_block_ends(self, stored):
        with Metaconnect(stored()) as meta:
            rows = meta.stream_insights("acme")
            next(rows)
        rows.close()

        with pytest.raises(RuntimeError, match="inside its `with` block"):
            next(meta.stream_insights("acme"))


class TestInterrupted:
    @pytest.fixture
    def silent_host(self):
        """A host that takes a request, interrupts this process, and says nothing."""
        taken = []

        def serve():
            connection, _ = listener.accept()
            taken.append(connection)
            connection.recv(65536)
            os.kill(os.getpid(), signal.SIGINT)

        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            thread = threading.Thread(target=serve)
            thread.start()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", taken
            thread.join()
            for connection in taken:
                connection.close()

    @pytest.fixture(autouse=True)
    def default_handler(self):
        former = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, former)

    @pytest.mark.parametrize(
        "verb",
        [
            lambda meta: meta.insights("acme"),
            lambda meta: list(meta.stream_insights("acme")),
            lambda meta: meta.ad_accounts("acme"),
        ],
        ids=["insights", "stream", "ad_accounts"],
    )
    def test_by_ctrl_c_it_leaves_nothing_running(self, verb, stored, silent_host):
        url, taken = silent_host

        with pytest.raises(KeyboardInterrupt), Metaconnect(stored(url)) as meta:
            verb(meta)

        assert portals() == []
        taken[0].settimeout(10)
        assert taken[0].recv(1) == b""  # the connection is closed

    def test_it_can_go_on_in_the_same_block(self, stored, silent_host):
        with Metaconnect(stored(silent_host[0])) as meta:
            with pytest.raises(KeyboardInterrupt):
                meta.insights("acme")
            assert [c.client_id for c in meta.connections()] == ["acme"]


def test_a_table_is_kept_and_a_report_named(stored, tmp_path):
    place = str(tmp_path / "insights.duckdb")

    with Metaconnect(stored()) as meta:
        weekly = report("weekly", query=insights_query(time_increment=7), days=14)
        (done,) = meta.sync(place, ["acme"], reports=[weekly])
        (daily,) = meta.sync(place, days=2, fields="spend")

    assert (done.report, done.problem) == ("weekly", None)
    assert 2 <= done.rows <= 3
    assert (daily.report, daily.rows) == ("account", 2)
