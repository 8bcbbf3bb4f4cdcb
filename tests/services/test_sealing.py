"""Sealing on the client's side: what leaves it would be accepted and opens; what would be malformed never leaves."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts.procurement.sealing.contents import (
    Contents,
    Proposal,
    Qualification,
    ScoreSheet,
    Technical,
    decode_contents,
    decode_scores,
)
from prasasti.contracts.procurement.sealing.framing import compute_context, compute_envelope_id, compute_round
from prasasti.contracts.procurement.sealing.sealer import MAX_PLAINTEXT_BYTES, Malformed, Opened, Sealer, Share
from prasasti.contracts.procurement.sealing.suites import SUITE_PLAIN, choose_sealer
from prasasti.core.encoding import encode_base64, encode_canonical
from prasasti.core.envelope import MAX_PAYLOAD_BYTES, Payload
from prasasti.core.envelope import Signer as PayloadSigner
from prasasti.core.types import Bug
from prasasti.integrations.signers import SeedSigner
from prasasti.log.witness_documents import make_receipt
from prasasti.services import sealed_files
from prasasti.services.sealed_files import (
    CHUNK_BYTES,
    TAG_BYTES,
    SealedFileProblem,
    decrypt_chunks,
    decrypt_file,
    encrypt_chunks,
    encrypt_file,
    open_listed_file,
)
from prasasti.services.sealing import SealedSlot, SealingProblem, make_share, seal_file, seal_proposal, seal_scores
from tests.contracts.sealing_samples import CURRENCY, FILE, ITEMS, PROPOSAL, QUALIFICATION, TECHNICAL, make_round

ROUND = make_round()
BALLOT = make_round("ballot")
KEY = b"\x07" * 32


def proposal_of(**changes: object) -> Proposal:
    return msgspec.convert({**PROPOSAL, **changes}, Proposal)


def seal(contents: Contents, slot: str = "proposal", suite: int = SUITE_PLAIN) -> SealedSlot:
    return seal_proposal(ROUND, "lot-1", slot, "bidder-a", contents, CURRENCY, ITEMS, suite)


def sealer_of(sealed: bytes) -> Sealer:
    sealer = choose_sealer(sealed)
    assert sealer is not None
    return sealer


@pytest.mark.parametrize(
    ("slot", "contents"),
    [
        ("proposal", proposal_of()),
        ("financial", proposal_of()),
        ("technical", msgspec.convert(TECHNICAL, Technical)),
        ("qualification", msgspec.convert(QUALIFICATION, Qualification)),
    ],
)
def test_what_is_sealed_is_accepted_and_opens_with_the_trustees_shares(slot: str, contents: Contents) -> None:
    made = seal(contents, slot)
    context = compute_context(compute_round(*ROUND), "lot-1", slot, "bidder-a")
    assert (made.context, made.envelope_id) == (context, compute_envelope_id(context, made.sealed))
    assert made.files == ((FILE["sha256"], FILE["size"]),)
    sealer = sealer_of(made.sealed)
    assert sealer.check(ROUND, context, made.sealed) is None
    trustees = ("org-5", "org-2", "org-1")
    shares = [make_share(ROUND, "lot-1", slot, "bidder-a", made.sealed, made.envelope_id, trustee, KEY) for trustee in trustees]
    assert [share.index for share in shares] == [5, 2, 1]
    opened = sealer.open(ROUND, context, made.sealed, shares)
    assert isinstance(opened, Opened)
    assert decode_contents(slot, opened.plaintext, CURRENCY, ITEMS) == contents


def test_a_score_sheet_is_sealed_for_its_seat() -> None:
    sheet = ScoreSheet({"team": [1_000_000, -1], "method": [0, -1]})
    made = seal_scores(BALLOT, "lot-1", "agency-1", "member-2", sheet, ["method", "team"], [False, True], SUITE_PLAIN)
    assert made.context == compute_context(compute_round(*BALLOT), "lot-1", "scores", "agency-1:member-2")
    assert len(made.sealed) == 513
    opened = sealer_of(made.sealed).open(BALLOT, made.context, made.sealed, [Share(index, b"", b"") for index in (1, 2, 3)])
    assert isinstance(opened, Opened)
    assert decode_scores(opened.plaintext, ["method", "team"], [False, True]) == sheet


@pytest.mark.parametrize(
    ("contents", "slot", "found"),
    [
        (proposal_of(price="0"), "proposal", "malformed once opened: price, which is 0"),
        (proposal_of(currency="USD"), "proposal", "malformed once opened: currency"),
        (proposal_of(items=[["tree", "1"], ["bench", "1"]]), "financial", "malformed once opened: items"),
        (proposal_of(), "technical", "malformed once opened: shape, .* not the fields of the slot"),
        (msgspec.structs.replace(proposal_of(), tkdn_bp=10_001), "proposal", "malformed once opened: shape, .*tkdn_bp"),
        (proposal_of(files=[{**FILE, "title": "Budi, 0812-3456-7890"}]), "proposal", r"title of files\[0\] looks like a mobile phone"),
        (proposal_of(files=[{**FILE, "title": "KTP 3174012503850001"}]), "proposal", r"title of files\[0\] looks like a national identity"),
    ],
)
def test_what_would_be_malformed_is_not_sealed(contents: Contents, slot: str, found: str) -> None:
    with pytest.raises(SealingProblem, match=found) as problem:
        seal(contents, slot)
    assert "nothing was sealed" in str(problem.value)
    assert "3174012503850001" not in str(problem.value)


def test_a_void_sheet_is_not_sealed() -> None:
    with pytest.raises(SealingProblem, match="malformed once opened: unscored"):
        seal_scores(BALLOT, "lot-1", "agency-1", "member-2", ScoreSheet({"team": [-1]}), ["team"], [False], SUITE_PLAIN)


def test_an_unknown_suite_is_said() -> None:
    with pytest.raises(SealingProblem, match="no suite 7f here, only 00"):
        seal(proposal_of(), suite=0x7F)


def test_what_is_too_long_is_said() -> None:
    scores = [1_000_000] * 4_096
    with pytest.raises(SealingProblem, match=f"at most {MAX_PLAINTEXT_BYTES} are sealed"):
        seal_scores(BALLOT, "lot-1", "agency-1", "member-2", ScoreSheet({"team": scores}), ["team"], [False] * 4_096, SUITE_PLAIN)


def test_the_sealer_opens_its_own_bytes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite that seals what does not open, or opens to something else, seals nothing."""
    kind = type(sealer_of(b"\0"))
    for opened in (Malformed("padding"), Opened(b"{}", bytes(32))):
        monkeypatch.setattr(kind, "open", lambda *_, opened=opened: opened)
        with pytest.raises(Bug, match="do not open to what was sealed"):
            seal(proposal_of())


def test_28_671_bytes_beside_eight_files_fit_a_payload() -> None:
    """The figure of sealed-proposals, 4.3, with the longest ids; of suite 01 the header for 16 trustees is reckoned in."""
    stores = [SeedSigner(bytes((number,)) * 32) for number in (1, 2)]
    files = [
        {
            "sha256": f"{number}2" * 32,
            "size": 2**53 - 1,
            "receipts": [make_receipt(store, "ab" * 16, f"{number}2" * 32, 2**53 - 1, 4_102_444_800) for store in stores],
        }
        for number in range(8)
    ]
    header_bytes = 1 + 32 + 32 + 16 * 32 + 32 + 64 + 16
    arguments = {
        "files": files,
        "lot": "l" * 24,
        "members": [],
        "process": "p" * 64,
        "round": "ab" * 32,
        "sealed": encode_base64(bytes(header_bytes + 28_672)),
        "slot": "qualification",
    }
    signers = [PayloadSigner("ab" * 32, "procurement.bidder")]
    payload = Payload("procurement.submit_sealed", "a" * 100, arguments, "ab" * 16, 4_102_444_800, "cd" * 16, signers)
    assert len(encode_canonical(payload)) <= MAX_PAYLOAD_BYTES


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"lot": "lot-2"}, "not what bidder-a sealed for lot lot-2"),
        ({"slot": "financial"}, "slot financial"),
        ({"sealer": "bidder-b"}, "not what bidder-b sealed"),
        ({"round_": ROUND._replace(number=2)}, "of this round"),
        ({"sealed": bytes(4_097)}, "not what bidder-a sealed"),
        ({"trustee": "org-6"}, "org-6 is no trustee of this round"),
    ],
    ids=str,
)
def test_a_trustee_gives_no_share_of_anything_else(changes: dict[str, Any], found: str) -> None:
    made = seal(proposal_of())
    of_mine: dict[str, Any] = {
        "round_": ROUND,
        "lot": "lot-1",
        "slot": "proposal",
        "sealer": "bidder-a",
        "sealed": made.sealed,
        "envelope_id": made.envelope_id,
        "trustee": "org-2",
        "secret": KEY,
    }
    assert make_share(**of_mine) == Share(2, b"", b"")
    with pytest.raises(SealingProblem, match=found):
        make_share(**{**of_mine, **changes})


@pytest.mark.parametrize("sealed", [b"", b"\0", b"\x7f" + bytes(4_096), bytes(4_098)], ids=len)
def test_a_trustee_repeats_the_ledgers_check(sealed: bytes) -> None:
    envelope_id = compute_envelope_id(compute_context(compute_round(*ROUND), "lot-1", "proposal", "bidder-a"), sealed)
    with pytest.raises(SealingProblem, match=r"should never have been accepted: (suite|length)"):
        make_share(ROUND, "lot-1", "proposal", "bidder-a", sealed, envelope_id, "org-2", KEY)


def test_a_file_of_the_vector(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"a" * 65_537)
    digests = encrypt_file(tmp_path / "plain", tmp_path / "encrypted", KEY)
    encrypted = (tmp_path / "encrypted").read_bytes()
    assert digests.sha256 == sha256(encrypted).hexdigest() == "796f6a58dd639dc7c79beddd3fd4defa1289b3df50c066fbfbdb5f9da74122a0"
    assert digests.size == len(encrypted) == 65_569
    assert (digests.plain_size, digests.plain_sha256) == (65_537, sha256(b"a" * 65_537).hexdigest())
    assert decrypt_file(tmp_path / "encrypted", tmp_path / "again", KEY) == digests
    assert (tmp_path / "again").read_bytes() == b"a" * 65_537
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "encrypted", "plain"]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5])
def test_every_length_opens_again(tmp_path: Path, size: int) -> None:
    plain = secrets.token_bytes(size)
    (tmp_path / "plain").write_bytes(plain)
    digests = encrypt_file(tmp_path / "plain", tmp_path / "encrypted", KEY)
    assert digests.size == size + TAG_BYTES * max(1, -(-size // CHUNK_BYTES))
    assert decrypt_file(tmp_path / "encrypted", tmp_path / "again", KEY) == digests
    assert (tmp_path / "again").read_bytes() == plain


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5), st.binary(min_size=32, max_size=32))
def test_chunks_open_in_their_order_only(chunks: list[bytes], key: bytes) -> None:
    encrypted = list(encrypt_chunks(chunks, key))
    assert list(decrypt_chunks(encrypted, key, "file")) == chunks
    for other in (encrypted[:-1], encrypted[1:], encrypted[::-1], encrypted * 2, [*encrypted, encrypted[0]]):
        if other not in ([], encrypted):
            with pytest.raises(SealedFileProblem):
                list(decrypt_chunks(other, key, "file"))


C = CHUNK_BYTES + TAG_BYTES
SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "cut by a byte": lambda data: data[:-1],
    "cut at a chunk": lambda data: data[: 2 * C],
    "cut within a tag": lambda data: data[: 2 * C + 5],
    "cut to nothing": lambda data: b"",
    "a byte more": lambda data: data + b"\0",
    "an empty chunk more": lambda data: data + bytes(TAG_BYTES),
    "twice": lambda data: data + data,
    "the first two exchanged": lambda data: data[C : 2 * C] + data[:C] + data[2 * C :],
    "without the first": lambda data: data[C:],
    "one bit": lambda data: data[:-20] + bytes((data[-20] ^ 1,)) + data[-19:],
    "the last one first": lambda data: data[2 * C :] + data[: 2 * C],
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_file_does_not_open_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "plain").write_bytes(bytes(2 * CHUNK_BYTES + 100))
    encrypt_file(tmp_path / "plain", tmp_path / "encrypted", KEY)
    data = (tmp_path / "encrypted").read_bytes()
    spoiled = SPOILED[name](data)
    assert spoiled != data
    (tmp_path / "spoiled").write_bytes(spoiled)
    with pytest.raises(SealedFileProblem, match="spoiled"):
        decrypt_file(tmp_path / "spoiled", tmp_path / "again", KEY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encrypted", "plain", "spoiled"]


@pytest.mark.parametrize("chunks", [1, 2])
def test_an_empty_last_chunk_is_an_empty_files_only(tmp_path: Path, chunks: int) -> None:
    """The same file must not have two encryptions of different lengths."""
    (tmp_path / "encrypted").write_bytes(b"".join(encrypt_chunks([bytes(CHUNK_BYTES)] * chunks + [b""], KEY)))
    with pytest.raises(SealedFileProblem, match=f"ends within chunk {chunks}"):
        decrypt_file(tmp_path / "encrypted", tmp_path / "again", KEY)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"a")
    encrypt_file(tmp_path / "plain", tmp_path / "encrypted", KEY)
    with pytest.raises(SealedFileProblem, match="chunk 0 does not open"):
        decrypt_file(tmp_path / "encrypted", tmp_path / "again", bytes(32))
    with pytest.raises(SealedFileProblem, match="32 bytes, not 31"):
        encrypt_file(tmp_path / "plain", tmp_path / "again", bytes(31))
    assert not (tmp_path / "again").exists()


def test_a_file_is_listed_as_it_opens(tmp_path: Path) -> None:
    (tmp_path / "offer.pdf").write_bytes(b"offer" * 20_000)
    files = [seal_file(tmp_path / "offer.pdf", tmp_path, "Offer", "application/pdf") for _ in range(2)]
    assert files[0].key != files[1].key
    assert files[0].sha256 != files[1].sha256
    made = seal(proposal_of(files=[msgspec.to_builtins(file) for file in files]))
    assert made.files == tuple((file.sha256, file.size) for file in files)
    for file in files:
        open_listed_file(tmp_path / file.sha256, tmp_path / "opened.pdf", file)
        assert (tmp_path / "opened.pdf").read_bytes() == b"offer" * 20_000
    assert {path.name for path in tmp_path.iterdir()} == {"offer.pdf", "opened.pdf", *[file.sha256 for file in files]}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"size": 17}, "listed are 17"),
        ({"sha256": "22" * 32}, "SHA-256"),
        ({"key": "00" * 32}, "chunk 0 does not open"),
        ({"plain_sha256": "22" * 32}, "its sealer's fault"),
    ],
)
def test_a_file_that_is_not_as_listed_is_not_written(tmp_path: Path, changes: dict[str, Any], found: str) -> None:
    (tmp_path / "offer.pdf").write_bytes(b"offer")
    file = seal_file(tmp_path / "offer.pdf", tmp_path, "Offer", "application/pdf")
    with pytest.raises(SealedFileProblem, match=found):
        open_listed_file(tmp_path / file.sha256, tmp_path / "opened.pdf", msgspec.structs.replace(file, **changes))
    assert {path.name for path in tmp_path.iterdir()} == {"offer.pdf", file.sha256}


@pytest.mark.parametrize(("title", "media_type"), [("", "application/pdf"), ("é" * 101, "application/pdf"), ("Offer", "PDF")])
def test_a_file_that_no_proposal_can_list_is_not_encrypted(tmp_path: Path, title: str, media_type: str) -> None:
    (tmp_path / "offer.pdf").write_bytes(b"offer")
    with pytest.raises(SealingProblem, match=r"offer\.pdf cannot be listed"):
        seal_file(tmp_path / "offer.pdf", tmp_path, title, media_type)
    assert [path.name for path in tmp_path.iterdir()] == ["offer.pdf"]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk: the error comes through, and no part of a file stays."""
    (tmp_path / "offer.pdf").write_bytes(bytes(2 * CHUNK_BYTES))

    def fail_at_the_second(chunks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
        yield next(iter(chunks))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealed_files, "encrypt_chunks", fail_at_the_second)
    with pytest.raises(OSError, match="No space left"):
        seal_file(tmp_path / "offer.pdf", tmp_path, "Offer", "application/pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["offer.pdf"]
