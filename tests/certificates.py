"""Certificates and keys for tests, as mkcert leaves them."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from metaconnect.oauth import tls


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key, passphrase=None):
    how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def certificate_pem(key):
    certificate = tls._certificate_for(key.public_key()).sign(key, SHA256())
    return certificate.public_bytes(Encoding.PEM)


def write_pair(folder, key):
    """Write the certificate and its key, and return the two files."""
    files = folder / "localhost.pem", folder / "localhost-key.pem"
    for file, pem in zip(files, (certificate_pem(key), key_pem(key)), strict=True):
        file.write_bytes(pem)
    return files
