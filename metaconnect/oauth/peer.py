"""
The user at the other end of a loopback connection, where the platform tells.

https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from ipaddress import IPv6Address, ip_address
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
# Of a table's line: its local address, its remote one, and the owner.
LOCAL, REMOTE, UID = 1, 2, 7
ROOT = 0


def is_other_user(connection: socket.socket) -> bool:
    """Whether the peer is known to be another user; only Linux tells."""
    if sys.platform != "linux":
        return False
    peer, ours = connection.getpeername()[:2], connection.getsockname()[:2]
    uid = socket_owner(peer, ours)
    return uid is not None and uid not in _trusted_uids()


def socket_owner(local: tuple[str, int], remote: tuple[str, int]) -> int | None:
    """Return the uid that owns the socket from *local* to *remote*, if known."""
    local_names, remote_names = _table_names(*local), _table_names(*remote)
    for table in TABLES:
        with contextlib.suppress(OSError), table.open(encoding="ascii") as lines:
            for line in lines:
                words = line.split()
                if words[LOCAL] in local_names and words[REMOTE] in remote_names:
                    return int(words[UID])
    return None


def _trusted_uids() -> set[int]:
    # Root can read our memory anyway; WSL forwards Windows' browsers as root.
    uids = {ROOT, os.getuid(), os.geteuid()}
    # The person's browser does not run under sudo.
    with contextlib.suppress(KeyError, ValueError):
        uids.add(int(os.environ["SUDO_UID"]))
    return uids


def _table_names(host: str, port: int) -> set[str]:
    """Return how the tables spell an address; IPv4 can be in either."""
    address = ip_address(host)
    mapped = IPv6Address(f"::ffff:{host}") if address.version == 4 else address  # noqa: PLR2004
    return {f"{_hex(each.packed)}:{port:04X}" for each in (address, mapped)}


def _hex(packed: bytes) -> str:
    # Words of 32 bits, each in the machine's own byte order.
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(w, sys.byteorder):08X}" for w in words)
