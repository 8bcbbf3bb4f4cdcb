"""Signed notes, checkpoints, cosignatures, policies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti_verify.notes import Checkpoint, Key, is_signed, parse_checkpoint, parse_key, parse_policy, read_signature
from prasasti_verify.strict import Wrong
from tests.verify.ledger import LOG, Ledger, build_example, cosign, note, vkey
from tests.verify.running import check, find_wrong, run

ORIGIN = "ledger.example/log"
END = 1767225720  # Time of the worked example's last block.
FIRST, SECOND, THIRD = 31, 32, 33
NAMES = {FIRST: "one.example/w", SECOND: "two.example/w", THIRD: "three.example/w"}


def test_the_example_of_signed_note() -> None:
    """C2SP signed-note, "Example": text, key and signature."""
    key = parse_key(b"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", "key")
    line = "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    text = b"This is an example message.\n"
    lines = parse_checkpoint(f"a\n0\n{'A' * 43}=\n\n{line}\n".encode(), "note").lines
    assert read_signature(Checkpoint(text, "", 0, b"", lines), key, "note") == 0
    with pytest.raises(Wrong, match="does not verify"):
        read_signature(Checkpoint(text + b"!", "", 0, b"", lines), key, "note")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+530d903a",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n\n",
        "exam ple.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_what_is_no_vkey(text: str) -> None:
    for ending in ("", "\n"):
        with pytest.raises(Wrong):
            parse_key(f"{text}{ending}".encode(), "key")


def test_a_signature_has_64_bytes() -> None:
    key = parse_key(f"{vkey(ORIGIN, 1, LOG)}\n".encode(), "key")
    assert not is_signed(key.public, b"x", b"")
    assert not is_signed(key.public, b"x", bytes(63))
    assert not is_signed(key.public, b"x", bytes(64))
    assert not is_signed(key.public, b"x", bytes(65))


def test_a_cosignature_signs_its_time() -> None:
    signed = cosign(note(ORIGIN, 5, bytes(32), LOG), NAMES[FIRST], FIRST, 1_700_000_000)
    witness = parse_key(f"{vkey(NAMES[FIRST], 4, FIRST)}\n".encode(), "key")
    checkpoint = parse_checkpoint(signed, "checkpoint")
    assert read_signature(checkpoint, witness, "checkpoint") == 1_700_000_000
    assert read_signature(checkpoint, Key(NAMES[FIRST], 1, witness.public), "checkpoint") is None
    name, key_id, signature = checkpoint.lines[1]
    later = checkpoint._replace(lines=((name, key_id, (1_700_000_001).to_bytes(8, "big") + signature[8:]),))
    with pytest.raises(Wrong, match="does not verify"):
        read_signature(later, witness, "checkpoint")
    for length in (0, 4, 8, 71):
        cut = checkpoint._replace(lines=((name, key_id, signature[:length]),))
        with pytest.raises(Wrong, match="does not verify"):
            read_signature(cut, witness, "checkpoint")


@given(st.binary(max_size=300) | st.text(alphabet="—\n +=AB19go.a", max_size=60).map(str.encode))
def test_any_bytes_are_parsed_or_wrong(data: bytes) -> None:
    for parse in (parse_key, parse_checkpoint, parse_policy):
        with suppress(Wrong):
            parse(data, "file")


LINES = {number: f"witness W{number} {vkey(name, 4, number)}" for number, name in NAMES.items()}
ALL = [LINES[number] for number in NAMES]

POLICIES: dict[str, tuple[str, Callable[[tuple[int, ...]], bool]]] = {
    "none": ("quorum none", lambda found: True),
    "one": ("quorum W31", lambda found: 31 in found),
    "any": ("group g any W31 W32 W33\nquorum g", lambda found: len(found) >= 1),
    "all": ("group g all W31 W32 W33\nquorum g", lambda found: len(found) == 3),
    "two": ("group g 2 W31 W32 W33\nquorum g", lambda found: len(found) >= 2),
    "nested": ("group a any W31 W32\ngroup b all a W33\nquorum b", lambda found: 33 in found and len(found) >= 2),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_quorum_is_met_by_whom_it_names(name: str) -> None:
    text, is_met = POLICIES[name]
    policy = parse_policy("\n".join([*ALL, text, ""]).encode(), "policy")
    for found in chain.from_iterable(combinations(NAMES, count) for count in range(4)):
        assert policy.is_met(policy.quorum, {f"W{number}" for number in found}) == is_met(found)


def test_a_policy_may_be_laid_out_as_the_page_allows() -> None:
    text = f"# a comment\n\n \tlog\t{vkey(ORIGIN, 1, LOG)}  https://ledger.example/ \n{ALL[0]} https://one.example\n  # more\nquorum  W31\n"
    policy = parse_policy(text.encode(), "policy")
    assert [key.name for key in policy.logs] == [ORIGIN]
    assert policy.quorum == "W31"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["quorum"],
        ["quorum W9"],
        ["quorum none", "quorum none"],
        ["quorum none extra"],
        ["log x", "quorum none"],
        ["log", "quorum none"],
        [f"log {vkey(ORIGIN, 4, LOG)}", "quorum none"],
        [f"log {vkey(ORIGIN, 1, LOG)}", f"log {vkey('other.example/log', 1, LOG)}", "quorum none"],
        [f"witness W31 {vkey(NAMES[FIRST], 1, FIRST)}", "quorum none"],
        [ALL[0], ALL[0], "quorum none"],
        [ALL[0], f"witness again {vkey('other.example/w', 4, FIRST)}", "quorum none"],
        [ALL[0], f"witness again {vkey(NAMES[FIRST], 4, SECOND)}", "quorum none"],
        [f"witness none {vkey(NAMES[FIRST], 4, FIRST)}", "quorum none"],
        ["group g any W31", ALL[0], "quorum g"],
        [*ALL, "group g any", "quorum g"],
        [*ALL, "group g 0 W31", "quorum g"],
        [*ALL, "group g 4 W31 W32 W33", "quorum g"],
        [*ALL, "group g 01 W31", "quorum g"],
        [*ALL, "group g most W31", "quorum g"],
        [*ALL, "group g any none", "quorum g"],
        [*ALL, "group g any W31 W31", "quorum g"],
        [*ALL, "group g any W31", "group h any W31", "quorum g"],
        [*ALL, "group W31 any W32", "quorum W31"],
        [*ALL, "group g any g", "quorum g"],
        ["quorum none\r"],
        ["hello", "quorum none"],
        ["QUORUM none"],
    ],
)
def test_what_is_no_policy(lines: list[str]) -> None:
    with pytest.raises(Wrong):
        parse_policy("".join(f"{line}\n" for line in lines).encode(), "policy")


def test_a_policy_ends_with_a_newline() -> None:
    with pytest.raises(Wrong, match="no final newline"):
        parse_policy(b"quorum none", "policy")


# -- in a published folder -------------------------------------------------------------------------------------------------------

WITNESSES = [("W31", NAMES[FIRST], FIRST), ("W32", NAMES[SECOND], SECOND)]
BOTH_SIGN = [(NAMES[FIRST], FIRST, END + 10), (NAMES[SECOND], SECOND, END + 20)]


@pytest.fixture
def ledger() -> Ledger:
    return build_example()


def test_cosignatures_meet_the_quorum_or_not(ledger: Ledger, tmp_path: Path) -> None:
    both: dict[str, Any] = {"witnesses": WITNESSES, "groups": "group g all W31 W32", "quorum": "g"}
    folder = ledger.publish(tmp_path / "log", **both, cosignatures=BOTH_SIGN)
    report = check(folder, "--closed")
    assert report["checked"]["signatures on the checkpoint"] == 3
    assert report["warnings"] == []
    one = ledger.publish(tmp_path / "one", **both, cosignatures=BOTH_SIGN[:1])
    assert "has 1 cosignatures, which do not meet the quorum g" in find_wrong(one)
    # A reader's own policy comes first, in either direction.
    policy = tmp_path / "own"
    policy.write_text(f"log {vkey(ledger.origin, 1, LOG)}\n{ALL[0]}\nquorum W31\n")
    assert [text.split(" ")[0] for text in check(one, "--policy", policy)["taken_on_trust"]] == ["genesis.json"]
    policy.write_text(f"{ALL[2]}\nquorum W33\n")
    assert "do not meet the quorum W33" in find_wrong(folder, "--policy", policy)


def test_a_forged_cosignature_is_wrong_even_where_none_is_asked_for(ledger: Ledger, tmp_path: Path) -> None:
    folder = ledger.publish(tmp_path / "log", witnesses=WITNESSES, cosignatures=BOTH_SIGN)
    data = (folder / "checkpoint").read_bytes()
    forged = cosign(data[: data.rindex("—".encode())], NAMES[SECOND], SECOND, END)
    check(folder)
    other = cosign(note(ledger.origin, 4, bytes(32), LOG), NAMES[SECOND], SECOND, END)
    (folder / "checkpoint").write_bytes(forged[: forged.rindex("—".encode())] + other[other.rindex("—".encode()) :])
    assert "does not verify" in find_wrong(folder)
    policy = tmp_path / "own"
    policy.write_text("quorum none\n")
    assert "does not verify" in find_wrong(folder, "--policy", policy)


def test_a_gap_is_a_warning(ledger: Ledger, tmp_path: Path) -> None:
    for seconds, count in ((300, 0), (301, 1), (-300, 0), (-301, 1)):
        folder = ledger.publish(tmp_path / f"log{seconds}", witnesses=WITNESSES, cosignatures=[(NAMES[FIRST], FIRST, END + seconds)])
        warnings = check(folder)["warnings"]
        assert len(warnings) == count
        assert all(text == f"the quorum cosigned {seconds} s after the last block, limit 300 s" for text in warnings)


GAP = "largest gap, in seconds, from a last block to the quorum's cosignatures"


def test_the_gap_ends_when_the_quorum_has_cosigned(ledger: Ledger, tmp_path: Path) -> None:
    """The second of two is late; a third, whom the quorum does not need, is later still."""
    late = [(NAMES[FIRST], FIRST, END + 5), (NAMES[SECOND], SECOND, END + 400), (NAMES[THIRD], THIRD, END + 900)]
    witnesses = [*WITNESSES, ("W33", NAMES[THIRD], THIRD)]
    groups = "group two 2 W31 W32 W33"
    folder = ledger.publish(tmp_path / "log", witnesses=witnesses, groups=groups, quorum="two", cosignatures=late)
    report = check(folder)
    assert report["checked"][GAP] == 400
    assert report["warnings"] == ["the quorum cosigned 400 s after the last block, limit 300 s"]
    policy = tmp_path / "own"
    policy.write_text(f"{ALL[0]}\nquorum W31\n")
    assert check(folder, "--policy", policy)["checked"][GAP] == 5  # Under a reader's own policy, which asks for the first alone.


def test_the_largest_gap_of_all_checkpoints_given(ledger: Ledger, tmp_path: Path) -> None:
    """A follower keeps checkpoints; each gap is measured from the block that its checkpoint ends with."""
    kept = ledger.publish(tmp_path / "kept", [2], witnesses=WITNESSES, cosignatures=[(NAMES[FIRST], FIRST, END - 60 + 250)])
    empty = ledger.publish(tmp_path / "empty", [0], witnesses=WITNESSES, cosignatures=[(NAMES[FIRST], FIRST, END - 120 + 20)])
    folder = ledger.publish(tmp_path / "log", witnesses=WITNESSES, cosignatures=[(NAMES[FIRST], FIRST, END + 7)])
    assert check(folder)["checked"][GAP] == 7
    report = check(folder, "--previous", kept / "checkpoint", "--previous", empty / "checkpoint")
    assert (report["checked"][GAP], report["warnings"]) == (250, [])
    late = ledger.publish(tmp_path / "late", [2], witnesses=WITNESSES, cosignatures=[(NAMES[FIRST], FIRST, END - 60 + 301)])
    assert len(check(folder, "--previous", late / "checkpoint")["warnings"]) == 1
    assert GAP not in check(ledger.publish(tmp_path / "nobody"))["checked"]


@pytest.mark.parametrize(
    ("path", "data", "beginning"),
    [
        ("witness/W31.vkey", vkey(NAMES[FIRST], 4, THIRD) + "\n", "witness/W31.vkey: is another key than the policy's"),
        ("witness/W31.vkey", vkey(NAMES[FIRST], 4, FIRST), "witness/W31.vkey: has no final newline"),
        ("witness/W33.vkey", vkey(NAMES[THIRD], 4, THIRD) + "\n", "witness/W33.vkey: is a file that nothing accounts for"),
        ("policy", "quorum none\n", "policy: names another log"),
        ("log.vkey", vkey("ledger.example/other", 1, LOG) + "\n", "policy: names another log"),
    ],
)
def test_policy_and_key_files_agree(path: str, data: str, beginning: str, ledger: Ledger, tmp_path: Path) -> None:
    folder = ledger.publish(tmp_path / "log", witnesses=WITNESSES)
    (folder / path).write_text(data)
    assert find_wrong(folder).startswith(beginning)


@pytest.mark.parametrize("name", ["../policy", "a/b", ".", "..", ".hidden"])
def test_a_witness_name_that_leads_elsewhere_is_wrong(name: str, ledger: Ledger, tmp_path: Path) -> None:
    folder = ledger.publish(tmp_path / "log")
    policy = (folder / "policy").read_text()
    (folder / "policy").write_text(policy.replace("quorum", f"witness {name} {vkey(NAMES[FIRST], 4, FIRST)}\nquorum"))
    assert "whose name is no file's" in find_wrong(folder)


def test_what_the_reader_brings_must_be_readable(ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ledger.publish(tmp_path / "log")
    (tmp_path / "odd").write_text("odd")
    for option in ("--key", "--policy", "--previous"):
        for path in ("odd", "absent"):
            with pytest.raises(SystemExit) as ended:
                run(folder, option, tmp_path / path)
            assert ended.value.code == 2
            assert option in capsys.readouterr().err


def test_a_policy_brings_the_logs_key(ledger: Ledger, tmp_path: Path) -> None:
    folder = ledger.publish(tmp_path / "log")
    policy = tmp_path / "own"
    policy.write_text(f"log {vkey('other.example/log', 1, 41)}\nlog {vkey(ledger.origin, 1, 42)}\nquorum none\n")
    assert find_wrong(folder, "--policy", policy) == "log.vkey: is not the key that you gave"
