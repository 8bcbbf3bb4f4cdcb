"""Documents that a witness keeps: the receipt byte for byte, what is refused, and failures of each file call."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from nacl.signing import VerifyKey

from prasasti.log.files import Files
from prasasti.log.witness import Answer
from prasasti.services.witnessing import MOST_KEEP_SECONDS, DocumentKeeper
from tests.log.worlds import FailingFiles, Fault, SeedKey
from tests.witness.worlds import START, WITNESS_SEED, run_witness

CHAIN = "89ebfe645d28383ab6a701e19662c368"
UNTIL = START + 400 * 86_400
NEVER = 10**9


def name(data: bytes) -> str:
    return sha256(data).hexdigest()


def put(
    folder: Path, data: bytes, until: str | None = str(UNTIL), chain: str | None = CHAIN, digest: str = "", files: Files | None = None
) -> Answer:
    with run_witness(folder, chains=[CHAIN], files=files) as witness:
        assert witness.documents is not None
        return witness.documents.put(digest or name(data), data, chain, until)


def read(folder: Path, digest: str) -> Answer:
    with run_witness(folder, chains=[CHAIN]) as witness:
        assert isinstance(witness.documents, DocumentKeeper)
        return witness.documents.get(digest)


def test_a_receipt_byte_for_byte(tmp_path: Path) -> None:
    """sealed-proposals.md, 1: DSSE's encoding of the canonical JSON, signed by the store's key, in standard base64."""
    answer = put(tmp_path, b"sealed")
    assert (answer.status, answer.content_type) == (200, "application/json")
    receipt = json.loads(answer.body)
    assert list(receipt) == ["keep_until", "key", "sig"]
    assert receipt["key"] == SeedKey(WITNESS_SEED).public_key.hex()
    assert receipt["keep_until"] == UNTIL
    promise = b'{"chain":"%s","keep_until":%d,"sha256":"%s","size":6}' % (CHAIN.encode(), UNTIL, name(b"sealed").encode())
    kind = b"application/vnd.prasasti.storage-receipt.v1+json"
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(promise), promise)
    VerifyKey(bytes.fromhex(receipt["key"])).verify(message, b64decode(receipt["sig"], validate=True))
    assert read(tmp_path, name(b"sealed")) == Answer(200, b"sealed", "application/octet-stream")


def test_the_longest_promise_is_kept(tmp_path: Path) -> None:
    assert put(tmp_path, b"sealed").status == 200
    assert put(tmp_path, b"sealed", str(START + 60)).status == 200
    path = tmp_path / "documents" / name(b"sealed")[:2] / f"{name(b'sealed')}.until"
    assert path.read_text(encoding="ascii") == f"{UNTIL}\n"
    assert put(tmp_path, b"sealed", chain=None).status == 200  # Of one chain there is no choice.


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"digest": "0" * 64}, 400),
        ({"digest": name(b"sealed").upper()}, 400),
        ({"digest": "../../witness.vkey"}, 400),
        ({"data": b"x" * 1001}, 413),
        ({"chain": "0" * 32}, 403),
        ({"until": None}, 400),
        ({"until": "soon"}, 400),
        ({"until": "²"}, 400),
        ({"until": str(START)}, 400),
        ({"until": str(START + MOST_KEEP_SECONDS + 1)}, 400),
        ({"until": "9" * 40}, 400),
    ],
)
def test_what_is_refused_is_not_kept(tmp_path: Path, change: dict[str, object], status: int) -> None:
    arguments = {"data": b"sealed"} | change
    assert put(tmp_path, **arguments).status == status  # type: ignore[arg-type]
    assert list((tmp_path / "documents").rglob("*")) == []


def test_a_full_store_says_so(tmp_path: Path) -> None:
    assert [put(tmp_path, bytes((number,)) * 900).status for number in range(3)] == [200, 200, 507]
    assert put(tmp_path, b"\0" * 900).status == 200  # It is here already.
    assert read(tmp_path, name(b"\2" * 900)).status == 404


def test_damaged_bytes_are_never_given_and_are_made_good(tmp_path: Path) -> None:
    put(tmp_path, b"sealed")
    path = tmp_path / "documents" / name(b"sealed")[:2] / name(b"sealed")
    path.write_bytes(b"SEALED")
    assert read(tmp_path, name(b"sealed")).status == 500
    assert put(tmp_path, b"sealed").status == 200
    assert read(tmp_path, name(b"sealed")).body == b"sealed"
    assert read(tmp_path, "../witness.vkey").status == 404


@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed-but-persisted"])
def test_no_receipt_before_the_bytes_are_durable(tmp_path: Path, persisted: bool) -> None:
    counted = FailingFiles(NEVER, persisted)
    assert put(tmp_path / "counted", b"sealed", files=counted).status == 200
    calls = [call for call, _ in counted.log]
    assert calls[-8:] == ["create", "sync", "rename", "create", "sync", "rename", "sync_folder", "sync_folder"]
    for fail_at in range(len(counted.log)):
        folder = tmp_path / f"{fail_at}"
        with pytest.raises(Fault):
            put(folder, b"sealed", files=FailingFiles(fail_at, persisted))
        assert read(folder, name(b"sealed")) in (Answer(200, b"sealed", "application/octet-stream"), read(folder, "0" * 64))
        assert put(folder, b"sealed").status == 200
        assert read(folder, name(b"sealed")).body == b"sealed"


def test_a_witness_without_a_store(tmp_path: Path) -> None:
    with run_witness(tmp_path) as witness:
        assert witness.documents is None
