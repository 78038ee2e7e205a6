"""
The listener's side of TLS: a certificate from files, or one made for today.

OpenSSL takes a key from a file alone; that of the certificate made here is in the
file encrypted, and the file is gone before anybody can connect.
"""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.x509 import CertificateBuilder

LIFETIME = timedelta(days=1)
CLOCK_SKEW = timedelta(minutes=5)
ADDRESSES = ("127.0.0.1", "::1")
WRONG_KEY = "KEY_VALUES_MISMATCH"


def tls_from_files(certificate: Path, key: Path) -> ssl.SSLContext:
    """Raises ConfigError naming the file that cannot be used."""
    pem = _read(certificate)
    _read(key)
    _require_certificate(certificate, pem)
    context = _server_context()
    try:
        # Without a password OpenSSL would ask for one at the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as exc:
        if exc.reason == WRONG_KEY:
            problem = f"{key} is not the key of {certificate}."
        else:
            problem = f"{key} holds no private key in PEM form, or an encrypted one."
        raise ConfigError(problem) from None
    except OSError as exc:
        raise _unreadable(key, exc) from exc
    return context


def tls_for_today() -> ssl.SSLContext:
    """Return TLS for `localhost` with a certificate that no browser knows."""
    passphrase = secrets.token_bytes(32).hex().encode()
    context = _server_context()
    number, name = tempfile.mkstemp(prefix="metaconnect-")  # 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(_self_signed(passphrase))
        context.load_cert_chain(name, password=passphrase)
    finally:
        Path(name).unlink()
    return context


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Nothing is ever resumed here. And tickets are written as the handshake ends:
    # where the browser is gone by then, the answer that it sent would be lost.
    context.num_tickets = 0
    return context


def _self_signed(passphrase: bytes) -> bytes:
    """Return a new certificate and its key, encrypted, in PEM form."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate_for(key.public_key()).sign(key, hashes.SHA256())
    return certificate.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
    )


def _certificate_for(key: EllipticCurvePublicKey) -> CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [x509.IPAddress(ip_address(each)) for each in ADDRESSES]
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses])
    server_only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    no_authority = x509.BasicConstraints(ca=False, path_length=None)
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + LIFETIME)
        .add_extension(names, critical=False)
        .add_extension(server_only, critical=False)
        .add_extension(no_authority, critical=True)
    )


def _require_certificate(path: Path, pem: bytes) -> None:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        load_pem_x509_certificates(pem)
    except ValueError:
        raise ConfigError(f"{path} holds no certificate in PEM form.") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise _unreadable(path, exc) from exc


def _unreadable(path: Path, exc: OSError) -> ConfigError:
    return ConfigError(f"{path} cannot be read: {exc.strerror}.")
