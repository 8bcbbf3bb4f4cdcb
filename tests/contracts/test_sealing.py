"""Framing against the vectors of sealed-proposals, suite 00 as a suite, and which suites a ledger takes."""

from __future__ import annotations

from hashlib import sha256, sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts.procurement.sealing.framing import (
    Round,
    compute_context,
    compute_envelope_id,
    compute_hash,
    compute_round,
    compute_tie,
    frame,
)
from prasasti.contracts.procurement.sealing.plain import PlainSealer
from prasasti.contracts.procurement.sealing.sealer import MAX_PLAINTEXT_BYTES, Malformed, Opened, Sealer, Share, pad, unpad
from prasasti.contracts.procurement.sealing.suites import SEALERS, SUITE_PLAIN, choose_sealer, is_suite_allowed
from prasasti.core.types import Bug
from tests.contracts.sealing_samples import make_round

ROUND_ID = bytes.fromhex("1a462e49f6ba9fc818f1fdaf6d9be88f89afed416e17d6a088fa65d29adce8e2")
# S of the envelopes of bidder-b, bidder-c, bidder-a: ascending by envelope id (sealed-proposals, 3).
SECRETS = [
    bytes.fromhex("8c2af1b5e398ebc8d376448c729d06e0863ce68adbb98485a05417e6987e0c4d"),
    bytes.fromhex("673b8ea075ba5b71042f54c45600ceec1ccee4ead9220acb716217239c3ca813"),
    bytes.fromhex("43475cc3f574d6b76b1271f074cb9653b7abd2db1c31d9e784ecc6e6a1d40656"),
]
TIES = {
    "bidder-a": "a81e528df4353573794bd241a6cca60877ee87113fb96a7d9c93cceaa96ce0b8",
    "bidder-b": "0ee38c67596e5794319d59628d92432ace13169e2451f64987f4e2e773ed3951",
    "bidder-c": "4e60415856439dd9aa416962e4fdb3faf838c9d33fafdb517ed943ab6cc17840",
}
CONTEXT = compute_context(ROUND_ID, "lot-1", "financial", "bidder-a")
PARTS = st.lists(st.binary(max_size=40), max_size=6)
PURPOSES = st.sampled_from(["proposal", "ballot"])

SEALER: Sealer = PlainSealer()


def test_the_round_of_the_vector() -> None:
    assert compute_round(*make_round()) == ROUND_ID


def test_the_context_of_the_vector() -> None:
    assert CONTEXT.hex().startswith("3f2a1aca")
    assert CONTEXT.hex().endswith("1c79")


def test_a_frame_is_each_length_and_the_bytes() -> None:
    assert frame() == b""
    assert frame(b"", b"ab") == b"\0\0\0\0\0\0\0\2ab"
    assert compute_hash("round", b"x") == sha512(b"\0\0\0\x15prasasti/seal/1/round\0\0\0\1x").digest()


@given(PARTS, PARTS)
def test_different_parts_frame_differently(one: list[bytes], other: list[bytes]) -> None:
    assert (frame(*one) == frame(*other)) == (one == other)


@pytest.mark.parametrize(
    "changed",
    [
        {"ledger": "prasasti-other"},
        {"purpose": "ballot"},
        {"process": "tender-2"},
        {"number": 2},
        {"threshold": 4},
        {"trustees": make_round().trustees[:4]},
        {"trustees": make_round().trustees[::-1]},
        {"trustees": (make_round().trustees[0]._replace(key_id="2026-q2"), *make_round().trustees[1:])},
        {"trustees": (make_round().trustees[0]._replace(organisation="org-9"), *make_round().trustees[1:])},
        {"trustees": (make_round().trustees[0]._replace(key=bytes(32)), *make_round().trustees[1:])},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_all_that_a_round_fixes_is_in_its_id(changed: dict[str, object]) -> None:
    assert compute_round(*Round(**{**make_round()._asdict(), **changed})) != ROUND_ID


@pytest.mark.parametrize("place", range(4))
def test_all_that_a_context_binds_is_in_it(place: int) -> None:
    bound = (ROUND_ID, "lot-1", "financial", "bidder-a")
    other = (bytes(32), "lot-2", "technical", "bidder-b")
    mixed = (*bound[:place], other[place], *bound[place + 1 :])
    assert compute_context(*mixed) != CONTEXT  # type: ignore[arg-type]


def test_an_envelope_id_is_of_its_bytes_in_their_context() -> None:
    expected = sha512(frame(b"prasasti/seal/1/envelope", CONTEXT, b"sealed")).digest()[:32]
    assert compute_envelope_id(CONTEXT, b"sealed") == expected
    assert compute_envelope_id(bytes(32), b"sealed") != expected


@pytest.mark.parametrize("organisation", TIES)
def test_the_ties_of_the_vector(organisation: str) -> None:
    assert compute_tie(ROUND_ID, "lot-1", SECRETS, organisation).hex() == TIES[organisation]


def test_the_lowest_tie_of_the_vector_is_b() -> None:
    assert min(TIES, key=lambda organisation: compute_tie(ROUND_ID, "lot-1", SECRETS, organisation)) == "bidder-b"
    assert compute_tie(ROUND_ID, "lot-1", SECRETS[1:], "bidder-b").hex() != TIES["bidder-b"]


@given(st.binary(max_size=9_000), st.sampled_from([512, 4_096]))
def test_padding_comes_off_again(plaintext: bytes, block_bytes: int) -> None:
    padded = pad(plaintext, block_bytes)
    assert len(padded) % block_bytes == 0
    assert 0 < len(padded) - len(plaintext) <= block_bytes
    assert unpad(padded, block_bytes) == plaintext


@given(st.lists(st.sampled_from([b"\x80", b"\0", b"a"]), max_size=20))
def test_only_what_pad_gives_comes_off(end: list[bytes]) -> None:
    padded = bytes(16 - len(end) % 16) + b"".join(end)
    plaintext = unpad(padded, 16)
    assert plaintext is None or pad(plaintext, 16) == padded


def test_padding_that_is_none() -> None:
    for padded in (b"", bytes(512), b"{}" + bytes(510), pad(b"{}", 512)[:-1] + b"\1", pad(b"{}", 512) + bytes(512)):
        assert unpad(padded, 512) is None


@given(st.binary(max_size=MAX_PLAINTEXT_BYTES), PURPOSES)
def test_what_is_sealed_opens(plaintext: bytes, purpose: str) -> None:
    round_ = make_round(purpose)
    sealed, own_shares = SEALER.seal(round_, CONTEXT, plaintext, bytes(32))
    assert choose_sealer(sealed) is SEALERS[SUITE_PLAIN]
    assert SEALER.check(round_, CONTEXT, sealed) is None
    assert len(own_shares) == 3
    assert SEALER.open(round_, CONTEXT, sealed, own_shares) == Opened(plaintext, sha256(sealed).digest())


def test_the_bytes_of_suite_00() -> None:
    assert SEALER.seal(make_round(), CONTEXT, b"{}", bytes(32)).sealed == b"\0{}\x80" + bytes(4_093)
    assert SEALER.seal(make_round("ballot"), CONTEXT, b"{}", bytes(32)).sealed == b"\0{}\x80" + bytes(509)


@pytest.mark.parametrize("purpose", ["proposal", "ballot"])
def test_the_longest_plaintext(purpose: str) -> None:
    round_ = make_round(purpose)
    sealed = SEALER.seal(round_, CONTEXT, bytes(MAX_PLAINTEXT_BYTES), bytes(32)).sealed
    assert len(sealed) == 1 + 32_768
    assert SEALER.check(round_, CONTEXT, sealed) is None
    block_bytes = {"proposal": 4_096, "ballot": 512}[purpose]
    assert SEALER.check(round_, CONTEXT, sealed + bytes(block_bytes)) == "length"
    with pytest.raises(ValueError, match="at most 32767 bytes, not 32768"):
        SEALER.seal(round_, CONTEXT, bytes(MAX_PLAINTEXT_BYTES + 1), bytes(32))


@pytest.mark.parametrize(
    ("sealed", "reason"),
    [
        (b"", "suite"),
        (b"\1" + bytes(4_096), "suite"),
        (b"\0", "length"),
        (bytes(4_096), "length"),
        (bytes(4_098), "length"),
        (bytes(513), "length"),
    ],
)
def test_what_is_refused_at_submission(sealed: bytes, reason: str) -> None:
    assert SEALER.check(make_round(), CONTEXT, sealed) == reason


def test_bad_padding_is_the_sealers_fault_and_shows_at_the_opening() -> None:
    round_, sealed = make_round(), bytes(4_097)
    assert SEALER.check(round_, CONTEXT, sealed) is None
    assert SEALER.open(round_, CONTEXT, sealed, [Share(index, b"", b"") for index in (1, 2, 3)]) == Malformed("padding")


@pytest.mark.parametrize("index", [1, 3, 5])
def test_a_share_is_empty(index: int) -> None:
    share = SEALER.share(make_round(), CONTEXT, bytes(4_097), index, bytes(32), bytes(64))
    assert share == Share(index, b"", b"")
    assert SEALER.check_share(make_round(), CONTEXT, bytes(4_097), share) is None


@pytest.mark.parametrize(
    ("share", "reason"),
    [
        (Share(0, b"", b""), "index"),
        (Share(6, b"", b""), "index"),
        (Share(-1, b"", b""), "index"),
        (Share(1, b"p", b""), "point"),
        (Share(1, b"", b"p"), "proof"),
    ],
)
def test_what_is_no_share(share: Share, reason: str) -> None:
    assert SEALER.check_share(make_round(), CONTEXT, bytes(4_097), share) == reason


def test_any_t_shares_open_and_fewer_never_reach_it() -> None:
    round_ = make_round()
    sealed = SEALER.seal(round_, CONTEXT, b"{}", bytes(32)).sealed
    opened = [SEALER.open(round_, CONTEXT, sealed, [Share(index, b"", b"") for index in chosen]) for chosen in ((1, 2, 3), (5, 1, 4))]
    assert opened[0] == opened[1]
    with pytest.raises(Bug):
        SEALER.open(round_, CONTEXT, sealed, [Share(1, b"", b""), Share(1, b"", b""), Share(2, b"", b"")])


def test_which_suite_it_is() -> None:
    assert choose_sealer(b"") is None
    assert choose_sealer(b"\xff") is None
    assert all(choose_sealer(bytes((suite,))) is sealer and sealer.suite == suite for suite, sealer in SEALERS.items())


@pytest.mark.parametrize(
    ("suite", "training", "is_reviewed", "allowed"),
    [
        (0, True, False, True),
        (0, True, True, True),
        (0, False, False, False),
        (0, False, True, False),
        (1, True, False, True),
        (1, True, True, True),
        (1, False, False, False),
        (1, False, True, True),
    ],
)
def test_which_suites_a_ledger_takes(suite: int, training: bool, is_reviewed: bool, allowed: bool) -> None:
    assert is_suite_allowed(suite, training, is_reviewed) is allowed
