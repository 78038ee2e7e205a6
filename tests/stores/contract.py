"""What every connection store promises, as tests; each store's file runs them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from metaconnect.errors import ConnectionChanged, NotConnected
from metaconnect.models import AccessToken, Connection

SOON = datetime(2027, 1, 22, 12, 0, 0, 123456, tzinfo=UTC)


class StoreContract:
    """Needs the fixtures `store` and `clients` (two ids that may be used)."""

    @pytest.fixture
    def connection(self, clients):
        return Connection(
            client_id=clients[0],
            token=AccessToken(value="EAA" + "t" * 300, expires_at=SOON),
            user_facebook_id="1234567890",
            ad_account_id="act_10",
        )

    def test_a_stranger_is_not_connected(self, store, clients):
        with pytest.raises(NotConnected):
            store.get(clients[0])

    def test_what_is_saved_is_read_back(self, store, connection):
        saved = store.save(connection)

        stored = store.get(connection.client_id)
        assert stored == saved
        assert stored.token == connection.token
        assert stored.user_facebook_id == "1234567890"
        assert stored.ad_account_id == "act_10"

    def test_a_token_without_expiry_and_no_ad_account_stay_null(
        self, store, connection
    ):
        token = AccessToken(value="EAAnever", expires_at=None)
        store.save(replace(connection, token=token, ad_account_id=None))

        stored = store.get(connection.client_id)
        assert stored.token.expires_at is None
        assert stored.ad_account_id is None

    def test_an_expiry_in_another_zone_is_the_same_moment(self, store, connection):
        from datetime import timezone

        zone = timezone(timedelta(hours=-7))
        token = AccessToken(value="EAAzone", expires_at=SOON.astimezone(zone))
        store.save(replace(connection, token=token))

        stored = store.get(connection.client_id).token.expires_at
        assert stored == SOON
        assert stored.utcoffset() == timedelta(0)

    def test_a_second_save_takes_the_place_of_the_first(self, store, connection):
        store.save(connection)
        store.save(replace(connection, token=AccessToken(value="EAAsecond")))

        assert store.get(connection.client_id).token.value == "EAAsecond"
        assert store.only() is not None

    def test_two_clients_do_not_meet(self, store, clients, connection):
        other = replace(
            connection, client_id=clients[1], token=AccessToken(value="EAAother")
        )
        store.save(connection)
        assert store.only() == store.get(clients[0])
        store.save(other)

        assert store.get(clients[0]).token == connection.token
        assert store.get(clients[1]).token.value == "EAAother"
        assert store.only() is None

    def test_nothing_is_the_only_one_of_none(self, store):
        assert store.only() is None

    def test_connections_are_what_each_get_returns(self, store, clients, connection):
        assert store.connections() == []
        other = replace(
            connection, client_id=clients[1], token=AccessToken(value="EAAother")
        )
        store.save(connection)
        store.save(replace(other, token=AccessToken(value="EAAformer")))
        store.save(other)

        found = {one.client_id: one for one in store.connections()}
        assert found == {client: store.get(client) for client in clients}
        assert found[clients[0]].token == connection.token
        assert found[clients[1]].token.value == "EAAother"

    def test_a_connection_is_gone_from_connections_when_deleted(
        self, store, clients, connection
    ):
        store.save(connection)
        store.save(replace(connection, client_id=clients[1]))
        store.delete(clients[0])

        assert [one.client_id for one in store.connections()] == [clients[1]]

    def test_any_thread_may_call(self, store, clients, connection):
        with ThreadPoolExecutor(4) as threads:
            saved = threads.map(
                lambda number: store.save(
                    replace(
                        connection,
                        client_id=clients[number % 2],
                        user_facebook_id=str(number),
                        token=AccessToken(value=f"EAA-{number}"),
                    )
                ),
                range(8),
            )
            reads = threads.map(lambda _: store.connections(), range(4))
            assert len(list(saved)) == 8
            seen = [one for found in reads for one in found]

        # No connection mixes the facts of one save with the token of another.
        for one in (*seen, *store.connections()):
            assert one.token.value == f"EAA-{one.user_facebook_id}"

    def test_it_has_a_name(self, store):
        assert store.name

    def test_clients_have_ids_and_names(self, store, clients, connection):
        store.save(connection)

        assert clients[0] in [client.id for client in store.clients()]
        assert all(client.name for client in store.clients())

    def test_what_is_deleted_is_gone_and_only_that(self, store, clients, connection):
        store.save(connection)
        store.save(replace(connection, client_id=clients[1]))
        store.delete(clients[0])

        with pytest.raises(NotConnected):
            store.get(clients[0])
        assert store.get(clients[1]).client_id == clients[1]

    def test_deleting_a_stranger_says_not_connected(self, store, clients):
        with pytest.raises(NotConnected):
            store.delete(clients[0])

    def test_replace_changes_what_is_as_it_was(self, store, connection):
        saved = store.save(connection)
        store.replace(saved, replace(saved, ad_account_id="act_20"))

        stored = store.get(connection.client_id)
        assert stored.ad_account_id == "act_20"
        assert stored.token == connection.token

    def test_replace_leaves_what_another_changed(self, store, connection):
        saved = store.save(connection)
        store.save(
            replace(
                connection,
                token=AccessToken(value="EAAnewer", expires_at=SOON + timedelta(1)),
            )
        )

        with pytest.raises(ConnectionChanged):
            store.replace(saved, replace(saved, ad_account_id="act_20"))
        stored = store.get(connection.client_id)
        assert stored.token.value == "EAAnewer"
        assert stored.ad_account_id == "act_10"

    def test_replace_does_not_bring_back_what_was_deleted(self, store, connection):
        saved = store.save(connection)
        store.delete(connection.client_id)

        with pytest.raises(ConnectionChanged):
            store.replace(saved, replace(saved, ad_account_id="act_20"))
        with pytest.raises(NotConnected):
            store.get(connection.client_id)

    def test_check_lets_a_client_through_that_save_would_take(self, store, clients):
        store.check(clients[0])

    def test_neither_store_nor_connection_shows_a_token(self, store, connection):
        saved = store.save(connection)

        assert connection.token.value not in repr(store) + repr(saved)
