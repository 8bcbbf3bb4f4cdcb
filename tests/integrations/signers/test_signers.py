"""Keys at rest and in use: each backend signs what PyNaCl verifies, keeps its secret to itself and refuses plainly."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import socket
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from nacl.signing import SigningKey, VerifyKey

from prasasti.integrations.signers import SeedSigner, SignerProblem, create_age_key, create_training_key, open_signer
from prasasti.integrations.signers.ssh_agent import list_agent_keys

PASSPHRASE = "kayu jati di tepi kali"
SEED = bytes(range(32))
MESSAGE = b"DSSEv1 5 probe 3 abc"


def never_asked() -> str:
    raise AssertionError("no passphrase is needed here")


def encrypt_seed(seed: bytes) -> bytes:
    encrypted: bytes = pyrage.passphrase.encrypt(seed, PASSPHRASE)
    return encrypted


@pytest.fixture(scope="module")
def age_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "officer.age"
    create_age_key(path, PASSPHRASE, SEED)
    return path


def test_age_file_opens_under_its_passphrase(age_key: Path) -> None:
    asked = iter([PASSPHRASE])
    signer = open_signer(str(age_key), lambda: next(asked))
    assert next(asked, None) is None
    assert signer.public_key == bytes(SigningKey(SEED).verify_key)
    VerifyKey(signer.public_key).verify(MESSAGE, signer.sign(MESSAGE))
    assert stat.S_IMODE(age_key.stat().st_mode) == 0o600
    assert age_key.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert sorted(entry.name for entry in age_key.parent.iterdir()) == ["officer.age"]


def test_wrong_passphrase_shows_no_secret(age_key: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SignerProblem, match="wrong passphrase") as caught:
        open_signer(str(age_key), lambda: PASSPHRASE + "x")
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + "".join(capsys.readouterr())
    assert PASSPHRASE not in shown
    assert SEED.hex() not in shown


@pytest.mark.parametrize("content", [b"", b"\x00" * 300, b"age-encryption.org/v1\n", b"x" * 5_000])
def test_damaged_age_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.age"
    path.write_bytes(content)
    with pytest.raises(SignerProblem, match=r"a\.age"):
        open_signer(str(path), lambda: PASSPHRASE)


def test_altered_and_short_age_files_are_refused(tmp_path: Path, age_key: Path) -> None:
    altered = bytearray(age_key.read_bytes())
    altered[-1] ^= 1
    path = tmp_path / "a.age"
    path.write_bytes(altered)
    with pytest.raises(SignerProblem, match="damaged"):
        open_signer(str(path), lambda: PASSPHRASE)
    path.write_bytes(encrypt_seed(SEED[:31]))
    with pytest.raises(SignerProblem, match="31 bytes"):
        open_signer(str(path), lambda: PASSPHRASE)


def test_new_key_is_random_and_under_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(SignerProblem, match="empty passphrase"):
        create_age_key(tmp_path / "a.age", "")
    with pytest.raises(SignerProblem, match=r"ends with \.age"):
        create_age_key(tmp_path / "a.key", PASSPHRASE)
    first, second = (create_training_key(tmp_path / f"{name}.training.seed") for name in "ab")
    assert first.public_key != second.public_key
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.training.seed", "b.training.seed"]


@pytest.mark.parametrize("make", ["age", "training"])
def test_key_file_is_never_overwritten(tmp_path: Path, make: str) -> None:
    path = tmp_path / ("a.age" if make == "age" else "a.training.seed")
    path.write_bytes(b"another key")
    with pytest.raises(SignerProblem, match="never overwritten"):
        create_age_key(path, PASSPHRASE) if make == "age" else create_training_key(path)
    assert path.read_bytes() == b"another key"
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SignerProblem, match="never overwritten"):
        create_age_key(path, PASSPHRASE) if make == "age" else create_training_key(path)
    assert not (tmp_path / "elsewhere").exists()


def test_key_that_appears_during_writing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.training.seed"
    link = os.link

    def appear(source: object, target: object) -> None:
        path.write_bytes(b"another key")
        link(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", appear)
    with pytest.raises(SignerProblem, match="never overwritten"):
        create_training_key(path)
    assert path.read_bytes() == b"another key"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.training.seed"]


@pytest.mark.parametrize("call", ["open", "fsync", "link"])
def test_failed_write_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_arguments: object, **_named: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(SignerProblem, match="No space left"):
            create_training_key(tmp_path / "a.training.seed")
    assert list(tmp_path.iterdir()) == []
    create_training_key(tmp_path / "a.training.seed")


def test_left_over_of_a_crash_does_not_stop_the_next_attempt(tmp_path: Path) -> None:
    (tmp_path / ".a.training.seed.part").write_bytes(b"torn")
    signer = create_training_key(tmp_path / "a.training.seed")
    assert open_signer(str(tmp_path / "a.training.seed"), never_asked, training=True).public_key == signer.public_key
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.training.seed"]


def test_training_seed_only_on_training_ledgers(tmp_path: Path) -> None:
    path = tmp_path / "log.training.seed"
    create_training_key(path, SEED)
    assert path.read_text() == SEED.hex() + "\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_signer(str(path), never_asked, training=True).public_key == bytes(SigningKey(SEED).verify_key)
    with pytest.raises(SignerProblem, match="training ledgers"):
        open_signer(str(path), never_asked)
    with pytest.raises(SignerProblem, match="ends with"):
        create_training_key(tmp_path / "log.seed")


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "ab" * 33, "\u0660" * 64])
def test_damaged_training_seed_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.training.seed"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SignerProblem, match=r"a\.training\.seed"):
        open_signer(str(path), never_asked, training=True)


@pytest.mark.parametrize("location", ["", "officer.pem", "ssh:agent", "/", "training.seed.bak"])
def test_unknown_location_is_refused(location: str) -> None:
    with pytest.raises(SignerProblem, match="not the place of a key"):
        open_signer(location, never_asked, training=True)


@pytest.mark.parametrize("location", ["missing.age", "missing.training.seed"])
def test_missing_file_is_named(tmp_path: Path, location: str) -> None:
    with pytest.raises(SignerProblem, match=f"{location}: No such file"):
        open_signer(str(tmp_path / location), never_asked, training=True)


def test_signer_shows_its_public_key_and_nothing_else() -> None:
    signer = SeedSigner(SEED)
    assert repr(signer) == str(signer) == f"SeedSigner({signer.public_key.hex()})"
    for leave in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="not copied"):
            leave(signer)


# ssh-agent


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real ssh-agent with an Ed25519 and an RSA key."""
    if any(shutil.which(program) is None for program in ("ssh-agent", "ssh-add", "ssh-keygen")):
        pytest.skip("needs OpenSSH (ssh-agent, ssh-add, ssh-keygen)")
    folder = tmp_path_factory.mktemp("agent")
    address = f"{folder}/s"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", address], stdout=subprocess.DEVNULL)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            for _ in range(500):
                if probe.connect_ex(address) == 0:
                    break
                threading.Event().wait(0.01)
        for kind in ("ed25519", "rsa"):
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"officer-{kind}", "-f", f"{folder}/{kind}"], check=True)
            subprocess.run(
                ["ssh-add", "-q", f"{folder}/{kind}"], check=True, env={**os.environ, "SSH_AUTH_SOCK": address}, capture_output=True
            )
        yield address
    finally:
        process.terminate()
        process.wait()


def test_agent_signs_plain_bytes(agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", agent)
    signer = open_signer("ssh-agent:officer-ed25519", never_asked)
    VerifyKey(signer.public_key).verify(MESSAGE, signer.sign(MESSAGE))
    VerifyKey(signer.public_key).verify(b"\x00" * 45_000, signer.sign(b"\x00" * 45_000))
    assert open_signer(f"ssh-agent:{signer.public_key.hex()}", never_asked).public_key == signer.public_key
    assert [comment for _, comment in list_agent_keys(agent)] == ["officer-ed25519"]
    for absent in ("officer-rsa", "", "ab" * 32):
        with pytest.raises(SignerProblem, match="holds 0 Ed25519 keys"):
            open_signer(f"ssh-agent:{absent}", never_asked)


def test_agent_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(SignerProblem, match="SSH_AUTH_SOCK is not set"):
        open_signer("ssh-agent:x", never_asked)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "none"))
    with pytest.raises(SignerProblem, match="does not answer"):
        open_signer("ssh-agent:x", never_asked)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "hung up"),
        (b"\x00\x00\x00\x05\x0c", "hung up"),
        (b"\x00\x00\x00\x00", "0 bytes"),
        (b"\xff\xff\xff\xff", "4294967295 bytes"),
        (b"\x00\x00\x00\x01\x05", "refused"),
        (b"\x00\x00\x00\x05\x0c\x00\x00\x00\x09", "cut short"),
        (b"\x00\x00\x00\x0b\x0c\x00\x00\x00\x01\x00\x00\x00\xff\x00\x00", "cut short"),
    ],
)
def test_agent_that_answers_nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes, reason: str) -> None:
    monkeypatch.chdir(tmp_path)  # A socket's path is short: 107 bytes.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        listener.listen(1)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(SignerProblem, match=reason):
            list_agent_keys("s")
        thread.join()


# External command


PROGRAM = """
import sys
from nacl.signing import SigningKey
key = SigningKey(bytes(range(32)))
if sys.argv[-1] == "public-key":
    print(bytes(key.verify_key).hex())
else:
    message = sys.stdin.buffer.read()
    print(key.sign(message + {extra!r}).signature.hex())
"""


def write_program(folder: Path, text: str) -> str:
    (folder / "sign it.py").write_text(text)
    return f"command:{sys.executable} '{folder}/sign it.py' --slot 1"


def test_command_signs(tmp_path: Path) -> None:
    signer = open_signer(write_program(tmp_path, PROGRAM.format(extra=b"")), never_asked)
    assert signer.public_key == bytes(SigningKey(SEED).verify_key)
    VerifyKey(signer.public_key).verify(MESSAGE, signer.sign(MESSAGE))


def test_command_that_signs_something_else_is_not_believed(tmp_path: Path) -> None:
    signer = open_signer(write_program(tmp_path, PROGRAM.format(extra=b"!")), never_asked)
    with pytest.raises(SignerProblem, match="does not verify"):
        signer.sign(MESSAGE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("raise SystemExit(3)", "exit code 3"), ("print('zz')", "64 hex"), ("print('ab' * 31)", "64 hex"), ("", "64 hex")],
)
def test_command_that_fails(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SignerProblem, match=reason):
        open_signer(write_program(tmp_path, text), never_asked)


@pytest.mark.parametrize(("line", "reason"), [("", "empty"), ("'", "does not split"), ("/nonexistent/signer", "cannot be run")])
def test_command_that_cannot_be_run(line: str, reason: str) -> None:
    with pytest.raises(SignerProblem, match=reason):
        open_signer(f"command:{line}", never_asked)
