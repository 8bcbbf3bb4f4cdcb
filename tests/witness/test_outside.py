"""Judges of other authors: omniwitness cosigns our log, and Go's note packages verify what our witness signed."""

from __future__ import annotations

import shutil
import socket
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from prasasti.log.checkpoint import format_vkey
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.publish import Published, PublishRefused, build_settings, publish
from prasasti.log.witness import build_witness_key
from prasasti.log.witness_client import Cosigners, send_over_http
from prasasti.log.witness_policy import Witness, WitnessList
from prasasti_verify.notes import ED25519, Key, parse_checkpoint, read_signature
from tests.judges import Refused, build_omniwitness, run_cosigned, run_sumdb
from tests.log.worlds import MemoryDocuments, MemoryLog, SeedKey, build_genesis
from tests.witness.test_http import PATIENCE_SECONDS, wait_until
from tests.witness.test_protocol import ANSWERS, ROTATED, break_request
from tests.witness.test_protocol import LOG as SMALL_LOG
from tests.witness.test_publishing import LOG, NAMES, Publisher
from tests.witness.worlds import LOG_KEY, ORIGIN, Consortium, make_fork, run_witness

pytestmark = pytest.mark.outside

SEED = b"\x71" * 32
NAME = "omni.example/w"


@contextmanager
def run_omniwitness(folder: Path) -> Iterator[Witness]:
    """Omniwitness on a free port of this machine, knowing our log; its state in a file of the folder."""
    program = build_omniwitness()
    public_key = SeedKey(SEED).public_key
    key_id = Key(NAME, ED25519, public_key).id().hex()
    secret = b64encode(b"\x01" + SEED).decode()
    (folder / "key").write_text(f"PRIVATE+KEY+{NAME}+{key_id}+{secret}", encoding="utf-8")
    logs = f"Logs:\n  - Origin: {ORIGIN}\n    PublicKey: {format_vkey(LOG_KEY)}\n    URL: http://127.0.0.1:9/\n"
    (folder / "logs.yaml").write_text(logs, encoding="utf-8")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    options = {
        "listen": f"127.0.0.1:{port}", "metrics_listen": "", "db_file": folder / "omni.db", "private_key_path": folder / "key",
        "additional_logs": folder / "logs.yaml",
    }  # fmt: skip
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen([program, *(f"--{name}={value}" for name, value in options.items())], stdout=said, stderr=said)
    try:
        wait_until(lambda: _is_listening(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "said").read_text(encoding="utf-8")
        yield Witness("omni", f"http://127.0.0.1:{port}", build_witness_key(NAME, public_key))
    finally:
        process.kill()
        process.wait()


def _is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def omniwitness(tmp_path: Path) -> Iterator[Witness]:
    folder = tmp_path / "omni"
    folder.mkdir()
    with run_omniwitness(folder) as witness:
        yield witness


def publish_with(root: Path, log: MemoryLog, witness: Witness, folder: str = "log") -> Published:
    """Publish a log with one witness."""
    settings = build_settings(build_genesis(), WitnessList((witness,), ("quorum omni",)))
    cosigners = Cosigners([witness], [LOG_KEY], PATIENCE_SECONDS)
    kept = KeptCheckpoint(root / "publisher")
    return publish(log, MemoryDocuments([b"a table"]), root / folder, SeedKey(), settings, kept, cosigners=cosigners)


def test_omniwitness_cosigns_our_log(tmp_path: Path, omniwitness: Witness) -> None:
    for size in (1, 2, 100, 257, 257, 300):
        published = publish_with(tmp_path, LOG.first(size), omniwitness)
        assert (published.cosigned, published.uncosigned, published.is_quorum_met) == (("omni",), {}, True)
    checkpoint = tmp_path / "log" / "checkpoint"
    assert read_signature(parse_checkpoint(checkpoint.read_bytes(), "checkpoint"), omniwitness.key, "checkpoint")
    assert list(run_cosigned(checkpoint, format_vkey(LOG_KEY), [format_vkey(omniwitness.key)])) == [NAME]
    assert run_sumdb(tmp_path / "log", [100, 257], [0, 299])["size"] == 300


def test_omniwitness_stops_an_older_copy_and_another_history(tmp_path: Path, omniwitness: Witness) -> None:
    """It shows no latest checkpoint: what it has seen comes out of its answers."""
    publish_with(tmp_path, LOG.first(100), omniwitness)
    for name in ("old", "fork", "same-size"):
        shutil.copytree(tmp_path / "publisher", tmp_path / name / "publisher")
    publish_with(tmp_path, LOG.first(200), omniwitness)
    with pytest.raises(PublishRefused, match="has cosigned 200 entries"):
        publish_with(tmp_path / "old", LOG.first(150), omniwitness)
    with pytest.raises(PublishRefused, match="another history"):
        publish_with(tmp_path / "fork", make_fork(150, 300).source, omniwitness)
    with pytest.raises(PublishRefused, match="another history"):
        publish_with(tmp_path / "same-size", make_fork(150, 200).source, omniwitness)


# It takes these: x/mod's note drops a line that stands twice, and a scanner reads 08 as 8 ("with no leading zeroes").
LENIENT = ("old size with zeros", "two lines by one key")
# Requests that are well formed and signed by the log: here the protocol alone decides. (A fork of the same size it answers
# with 409 and no size, where the protocol says 422: the client understands both.)
DECIDED = (
    "rollback",
    "rollback, well told",
    "old size below",
    "no proof",
    "wrong proof",
    "proof too long",
    "fork",
    "same size with a proof",
)


def test_both_witnesses_refuse_alike(tmp_path: Path, omniwitness: Witness) -> None:
    with run_witness(tmp_path / "ours", logs=(LOG_KEY, ROTATED.key)) as ours:
        body = SMALL_LOG.request(0, 8)
        assert ours.add_checkpoint(body).status == 200
        assert send_over_http("POST", f"{omniwitness.url}/add-checkpoint", body, PATIENCE_SECONDS).status == 200
        for kind in (kind for kind in ANSWERS if kind not in LENIENT):
            reply = send_over_http("POST", f"{omniwitness.url}/add-checkpoint", break_request(kind), PATIENCE_SECONDS)
            assert reply.status >= 400, kind
            if kind in DECIDED:
                answer = ours.add_checkpoint(break_request(kind))
                assert (kind, reply.status) == (kind, answer.status)
                assert reply.status != 409 or (reply.body, reply.content_type) == (answer.body, answer.content_type)


def test_go_verifies_what_our_witnesses_sign(tmp_path: Path) -> None:
    with ExitStack() as stack:
        consortium = Consortium(stack, tmp_path / "witnesses", NAMES)
        publisher = Publisher(tmp_path, consortium)
        publisher.publish(LOG)
        vkeys = [format_vkey(each.key) for each in consortium.listed]
        checkpoint = publisher.folder / "checkpoint"
        times = run_cosigned(checkpoint, format_vkey(LOG_KEY), vkeys)
        assert times == {each.key.name: consortium.clock.now for each in consortium.listed}
        data = bytearray(publisher.shown())
        data[-20] ^= 2  # Another base64 letter, within the last witness's signature.
        checkpoint.write_bytes(data)
        with pytest.raises(Refused):
            run_cosigned(checkpoint, format_vkey(LOG_KEY), vkeys)
