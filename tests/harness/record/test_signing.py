"""A signature is of one content by one key; everything else is refused."""

import base64
import json
import shutil
import subprocess

import pytest
import rfc8785

from harness.errors import InvalidEvidence, UsageError
from harness.record import signing
from tests.harness.record.keys import pair

BODY = b'{"a":1}'


@pytest.fixture
def signed(tmp_path):
    secret, public = pair(tmp_path)
    return signing.sign(BODY, secret), public


def test_what_was_signed_comes_back(signed):
    envelope, public = signed
    assert signing.check(envelope, public, "here") == BODY


def test_another_key_is_not_trusted(signed, tmp_path):
    with pytest.raises(InvalidEvidence, match="not by the trusted one"):
        signing.check(signed[0], pair(tmp_path, "other")[1], "here")


def bent(envelope, **changes):
    plain = json.loads(envelope)
    for name, value in changes.items():
        (plain["signatures"][0] if name in ("sig", "keyid") else plain)[name] = value
    return rfc8785.dumps(plain)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"payload": base64.b64encode(b'{"a":2}').decode()}, "changed after signing"),
        ({"payload": "no base64!"}, "base64"),
        ({"sig": base64.b64encode(bytes(64)).decode()}, "changed after signing"),
        ({"payloadType": "text/plain"}, "expected 'application/vnd.in-toto"),
        ({"keyid": "0" * 64}, "not by the trusted one"),
        ({"signatures": []}, "signatures"),
        ({"more": 1}, "more"),
    ],
)
def test_a_bent_envelope_is_refused(signed, changes, words):
    with pytest.raises(InvalidEvidence, match=words):
        signing.check(bent(signed[0], **changes), signed[1], "here")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"payload":"","payload":""}'])
def test_no_envelope_is_refused(signed, data):
    with pytest.raises(InvalidEvidence):
        signing.check(data, signed[1], "here")


def test_a_file_that_is_no_key_is_wrong_use(tmp_path, signed):
    secret, public = pair(tmp_path)
    (tmp_path / "none.pem").write_text("none")
    for path in (tmp_path / "none.pem", tmp_path / "absent", tmp_path):
        with pytest.raises(UsageError):
            signing.sign(BODY, path)
        with pytest.raises(UsageError):
            signing.check(signed[0], path, "here")
    with pytest.raises(UsageError):
        signing.sign(BODY, public)
    with pytest.raises(UsageError):
        signing.check(signed[0], secret, "here")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_keys_that_openssl_makes_sign_and_check(tmp_path):
    secret, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", secret, "-pubout", "-out", public], check=True, capture_output=True)
    assert signing.check(signing.sign(BODY, secret), public, "here") == BODY
    rsa = tmp_path / "rsa.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "rsa", "-out", rsa], check=True, capture_output=True)
    with pytest.raises(UsageError, match="another kind of key"):
        signing.sign(BODY, rsa)


def test_the_encoding_before_signing_is_that_of_the_standard():
    assert signing._encoded("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
