"""Sign a statement with a key on disk and check it offline: Ed25519 in a DSSE envelope (library `cryptography`).

DSSE (secure-systems-lab/dsse, protocol 1.0.2) signs the type together with the payload,

    PAE(type, body) = "DSSEv1" SP len(type) SP type SP len(body) SP body,

so that a signature over one kind of document is none over another. A key is a PEM file such as
`openssl genpkey -algorithm ed25519 -out key.pem` makes, and `openssl pkey -in key.pem -pubout` its public half.
"""

import base64
import binascii
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import Field

from harness.errors import InvalidEvidence, UsageError
from harness.record import strict_json
from harness.schema.frozen import Frozen, canonical

PAYLOAD_TYPE = "application/vnd.in-toto+json"
KEY_LIMIT = 2**16


class Signature(Frozen):
    """Hold one signature, base64, and the SHA-256 of the public key's 32 bytes that it was made for."""

    keyid: str = Field(pattern=r"^[0-9a-f]{64}$")
    sig: str


class Envelope(Frozen):
    """Hold a signed payload, base64."""

    payload: str
    payloadType: str
    signatures: tuple[Signature, ...] = Field(min_length=1, max_length=8)


def sign(payload: bytes, key: Path) -> bytes:
    """Return the envelope of a payload, signed by a private key, as canonical JSON.

    Raises:
        UsageError: the file holds no unencrypted Ed25519 private key.
    """
    secret = private(key)
    signature = Signature(keyid=key_id(secret.public_key()), sig=_text(secret.sign(_encoded(PAYLOAD_TYPE, payload))))
    envelope = Envelope(payload=_text(payload), payloadType=PAYLOAD_TYPE, signatures=(signature,))
    return canonical(envelope.plain())


def check(data: bytes, key: Path, where: str) -> bytes:
    """Return the payload of an envelope after checking its signature by a public key that the reader trusts.

    Raises:
        InvalidEvidence: the envelope is malformed, or not signed by this key.
        UsageError: the file holds no Ed25519 public key.
    """
    public, envelope = _public(key), strict_json.parse(Envelope, data, where)
    if envelope.payloadType != PAYLOAD_TYPE:
        raise InvalidEvidence(f"{where} holds a {envelope.payloadType!r}; expected {PAYLOAD_TYPE!r}")
    payload = _bytes(envelope.payload, where)
    mine = [one for one in envelope.signatures if one.keyid == key_id(public)]
    if not mine:
        made_for = ", ".join(one.keyid for one in envelope.signatures)
        raise InvalidEvidence(f"{where} is signed by key {made_for}, not by the trusted one, {key_id(public)}")
    try:
        public.verify(_bytes(mine[0].sig, where), _encoded(envelope.payloadType, payload))
    except InvalidSignature as error:
        raise InvalidEvidence(f"{where}: the signature is not of this content: it was changed after signing") from error
    return payload


def key_id(public: Ed25519PublicKey) -> str:
    """Name a public key by the SHA-256 of its raw 32 bytes."""
    return sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _encoded(kind: str, body: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(body), body)


def private(path: Path) -> Ed25519PrivateKey:
    """Read a key to sign with.

    Raises:
        UsageError: the file holds no unencrypted Ed25519 private key.
    """
    try:
        key = load_pem_private_key(_pem(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} holds no unencrypted private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} holds another kind of key; make one: openssl genpkey -algorithm ed25519 -out {path}")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(_pem(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} holds no public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} holds another kind of key than Ed25519")
    return key


def _pem(path: Path) -> bytes:
    if not path.is_file() or path.stat().st_size > KEY_LIMIT:
        raise UsageError(f"{path} is no key file")
    return path.read_bytes()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidEvidence(f"{where} holds no base64: {error}") from error
