"""`connect --https` as a process, and its mistakes."""

import re

import pytest

from metaconnect.cli.main import run

from ..certificates import new_key, write_pair

CONNECT = ("connect", "--client", "acme", "--account", "first", "--https")


@pytest.fixture
def https(shell, port):
    """The app lists https://localhost, with a port."""
    shell.env["META_REDIRECT_URI"] = f"https://localhost:{port}/callback"
    return shell


class TestLogin:
    def test_with_a_certificate_made_on_the_spot(self, https, port, meta):
        done = https.run(*CONNECT)

        assert done.returncode == 0, done.stderr
        assert "Connected client 'acme' as Jane Doe." in done.stderr
        assert f"https://localhost:{port}/\n" in done.stderr
        assert "The browser will warn" in done.stderr
        assert "mkcert -install && mkcert localhost" in done.stderr
        (code,) = meta.sandbox.codes.values()
        assert code.redirect_uri == https.env["META_REDIRECT_URI"]
        assert "PRIVATE KEY" not in done.stderr

    def test_with_files_there_is_no_warning_to_tell_of(self, https, tmp_path):
        cert, key = write_pair(tmp_path, new_key())
        done = https.run(*CONNECT, "--cert", cert, "--key", key)

        assert done.returncode == 0, done.stderr
        assert "warn" not in done.stderr

    def test_the_default_address_is_https_on_the_usual_port(self, https):
        del https.env["META_REDIRECT_URI"]
        with https.start(*CONNECT, "--no-browser") as running:
            found = running.until(r"redirect_uri=([^&\s]+)")[1]

        assert found == "https%3A%2F%2Flocalhost%3A8765%2Fcallback"


class TestMistakes:
    @pytest.fixture(autouse=True)
    def _settings(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("META_APP_ID", "1")
        monkeypatch.setenv("META_APP_SECRET", "0123456789abcdef")
        monkeypatch.setenv("METACONNECT_SECRETS", "file")

    @pytest.mark.parametrize(
        "words",
        [
            ("--https", "--cert", "a.pem"),
            ("--https", "--key", "a.pem"),
            ("--cert", "a.pem", "--key", "b.pem"),
        ],
    )
    def test_cert_and_key_are_given_together_and_with_https(self, words, capsys):
        assert run(["connect", "--client", "a", *words]) == 2
        said = capsys.readouterr().err
        assert "--cert" in said
        assert "--key" in said

    def test_an_http_address_is_not_for_https(self, monkeypatch, capsys):
        monkeypatch.setenv("META_REDIRECT_URI", "http://localhost:8765/callback")

        assert run(["connect", "--client", "a", "--https"]) == 2
        said = re.sub(r"\s+", " ", capsys.readouterr().err)
        assert "META_REDIRECT_URI is an http one" in said
        assert "META_REDIRECT_URI=https://localhost:8765/callback" in said

    def test_an_https_address_without_it_is_told_of_it(self, monkeypatch, capsys):
        monkeypatch.setenv("META_REDIRECT_URI", "https://localhost:8765/callback")

        assert run(["connect", "--client", "a"]) == 3
        assert "connect --https" in capsys.readouterr().err

    def test_another_machines_address_is_refused(self, monkeypatch, capsys):
        monkeypatch.setenv("META_REDIRECT_URI", "https://dash.example/callback")

        assert run(["connect", "--client", "a", "--https"]) == 3
        assert "only https://localhost leads back" in capsys.readouterr().err

    def test_a_file_that_cannot_be_used_is_named(self, capsys, tmp_path):
        words = ["--https", "--cert", "missing.pem", "--key", "missing-key.pem"]

        assert run(["connect", "--client", "a", *words]) == 3
        assert "missing.pem cannot be read" in capsys.readouterr().err
