"""Keyrings for tests: one that works, and what goes wrong with others."""

import threading

import keyring.backend


class MemoryKeyring(keyring.backend.KeyringBackend):
    priority = 1

    def __init__(self):
        self.passwords = {}

    def get_password(self, service, username):
        return self.passwords.get((service, username))

    def set_password(self, service, username, password):
        self.passwords[service, username] = password

    def delete_password(self, service, username):
        del self.passwords[service, username]


class Forgetful(MemoryKeyring):
    """Like a locked macOS keychain over SSH: stores nothing, says nothing."""

    def set_password(self, service, username, password):
        pass


class Broken(MemoryKeyring):
    """Like a backend without its bus: what it raises is no KeyringError."""

    def get_password(self, service, username):
        raise RuntimeError("no D-Bus here")


class Blocking(MemoryKeyring):
    """Like a keyring that waits for a prompt nobody sees."""

    def __init__(self):
        super().__init__()
        self.asked = threading.Event()
        self.answered = threading.Event()

    def get_password(self, service, username):
        self.asked.set()
        self.answered.wait(30)
