"""The list of witnesses and the policy made of it: who counts, and what contradicts itself."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.log.checkpoint import format_vkey
from prasasti.log.witness import build_witness_key
from prasasti.log.witness_policy import NOBODY, Witness, WitnessList, WitnessListProblem, choose_quorum, format_policy, parse_witness_list
from prasasti_verify.notes import Key, parse_policy
from tests.log.worlds import SeedKey
from tests.witness.worlds import LOG_KEY


def make_key(number: int, name: str = "") -> Key:
    return build_witness_key(name or f"w{number}.example/w", SeedKey(bytes((0x40 + number,)) * 32).public_key)


def write_list(*rows: dict[str, str], head: str = "") -> str:
    return head + "".join("[[witness]]\n" + "".join(f'{field} = "{value}"\n' for field, value in row.items()) for row in rows)


def row(number: int, **change: str) -> dict[str, str]:
    return {"name": f"w{number}", "url": f"https://w{number}.example/", "vkey": format_vkey(make_key(number))} | change


FOUR = [row(0, **{"class": "agency"}), row(1, **{"class": "auditor"}), row(2, **{"class": "operator"}), row(3, **{"class": "citizens"})]


def test_four_members_and_their_policy() -> None:
    listed = parse_witness_list(write_list(*FOUR), "witnesses.toml")
    assert listed.witnesses[0] == Witness("w0", "https://w0.example", make_key(0))
    vkeys = [format_vkey(make_key(number)) for number in range(4)]
    assert format_policy(LOG_KEY, listed).decode().splitlines() == [
        f"log {format_vkey(LOG_KEY)}",
        *(f"witness w{number} {vkey}" for number, vkey in enumerate(vkeys)),
        "group quorum-of-citizens 1 w3",
        "group quorum-of-others 2 w0 w1 w2",
        "group quorum-of-both all quorum-of-citizens quorum-of-others",
        "quorum quorum-of-both",
    ]


def test_nobody_is_a_policy_too() -> None:
    assert parse_witness_list("", "witnesses.toml") == NOBODY
    assert format_policy(LOG_KEY, NOBODY).decode() == f"log {format_vkey(LOG_KEY)}\nquorum none\n"


@given(st.integers(1, 10), st.integers(0, 10))
def test_the_quorum_is_2f_plus_1_with_citizens_among_them(count: int, citizens_count: int) -> None:
    names = [f"w{number}" for number in range(count)]
    citizens = names[:citizens_count]
    needed = 2 * ((count - 1) // 3) + 1
    listed = WitnessList(
        tuple(Witness(name, f"https://{name}.example", make_key(number)) for number, name in enumerate(names)),
        tuple(choose_quorum(names, citizens)),
    )
    policy = parse_policy(format_policy(LOG_KEY, listed), "policy")
    for size in range(count + 1):
        for cosigned in list(combinations(names, size))[:100]:
            is_met = policy.is_met(policy.quorum, cosigned)
            is_enough = len(cosigned) >= needed and (not citizens or not set(citizens).isdisjoint(cosigned))
            assert is_enough or not is_met
            # Citizens beyond the one that must be there count in their own group only.
            assert is_met == is_enough or len(citizens) > 1
    assert policy.is_met(policy.quorum, names)


def test_groups_and_quorum_as_written() -> None:
    head = 'quorum = "all"\n'
    groups = '[[group]]\nname = "two"\nthreshold = 2\nmembers = ["w0", "w1"]\n'
    groups += '[[group]]\nname = "all"\nthreshold = "all"\nmembers = ["two", "w3"]\n'
    listed = parse_witness_list(write_list(*FOUR, head=head) + groups, "witnesses.toml")
    assert listed.quorum == ("group two 2 w0 w1", "group all all two w3", "quorum all")
    policy = parse_policy(format_policy(LOG_KEY, listed), "policy")
    assert policy.is_met(policy.quorum, {"w0", "w1", "w3"})
    assert not policy.is_met(policy.quorum, {"w0", "w2", "w3"})


@pytest.mark.parametrize(("word", "count"), [("all", 4), ("any", 1)])
def test_a_quorum_of_all_or_any_needs_no_group(word: str, count: int) -> None:
    listed = parse_witness_list(write_list(*FOUR, head=f'quorum = "{word}"\n'), "witnesses.toml")
    policy = parse_policy(format_policy(LOG_KEY, listed), "policy")
    names = [each["name"] for each in FOUR]
    assert policy.is_met(policy.quorum, set(names[:count]))
    assert not policy.is_met(policy.quorum, set(names[: count - 1]))


LOG_AS_WITNESS = format_vkey(Key("another.example/w", 4, LOG_KEY.public))


@pytest.mark.parametrize(
    "text",
    [
        "witness = 1",
        "[[witness",
        "other = 1",
        write_list(row(0, port="1")),
        write_list({"name": "w0", "url": "https://w0.example"}),
        write_list(row(0, name="none")),
        write_list(row(0, name="../w0")),
        write_list(row(0, name="quorum-of-both")),
        write_list(row(0, name="a b")),
        write_list(row(0, url="ftp://w0.example")),
        write_list(row(0, vkey=format_vkey(LOG_KEY))),  # A log's key is of another type.
        write_list(row(0, vkey="w0+00000000+AAAA")),
        write_list(row(0), row(0)),
        write_list(row(0), row(1, name="w0")),
        write_list(row(0), row(1, vkey=format_vkey(make_key(1, "w0.example/w")))),  # One cosigner name, two keys.
        write_list(row(0), row(1, vkey=format_vkey(make_key(0, "w1.example/w")))),  # One key, two cosigner names.
        write_list(row(0, vkey=format_vkey(make_key(0, LOG_KEY.name)))),  # The log's own name.
        write_list(row(0, vkey=LOG_AS_WITNESS)),  # The log's own key.
        write_list(row(0), head='quorum = "nobody"\n'),
        write_list(row(0)) + '[[group]]\nname = "g"\nthreshold = 2\nmembers = ["w0"]\n',
        write_list(row(0), head='quorum = "g"\n') + '[[group]]\nname = "g"\nthreshold = 2\nmembers = ["w0"]\n',
        write_list(row(0), head='quorum = "g"\n') + '[[group]]\nname = "g"\nthreshold = 1\nmembers = ["w0\\nquorum none"]\n',
        write_list(row(0), head='quorum = "g"\n') + '[[group]]\nname = "g"\nthreshold = 1\nmembers = ["w0", "w0"]\n',
    ],
)
def test_what_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(WitnessListProblem):
        format_policy(LOG_KEY, parse_witness_list(text, "witnesses.toml"))
