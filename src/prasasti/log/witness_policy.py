"""Who cosigns a ledger's checkpoints: the publisher's list of witnesses (TOML), and the policy that readers are given (C2SP tlog-policy).

Owns the form of the list, what in it contradicts itself, and the quorum where the list names none. Reads no file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from prasasti.log.checkpoint import format_vkey, read_vkey
from prasasti_verify.notes import COSIGNATURE, Key, parse_policy
from prasasti_verify.strict import CannotDo, Wrong

WITNESS_FIELDS = {"name", "url", "vkey", "class"}
GROUP_FIELDS = {"name", "threshold", "members"}
CITIZENS = "citizens"
OWN_GROUPS = "quorum-of-"
# Names that a file may have, and that no policy uses for something else.
_name = re.compile("(?!none$|quorum-of-)[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


class WitnessListProblem(CannotDo):
    """A list of witnesses that cannot be used. The message says where and what is wrong."""


class Witness(NamedTuple):
    """One witness. ``name``: in the policy and of its file; ``url``: before ``/add-checkpoint``; ``key``: how it signs."""

    name: str
    url: str
    key: Key


class WitnessList(NamedTuple):
    """Witnesses, and the policy's lines after them (``group``, ``quorum``)."""

    witnesses: tuple[Witness, ...]
    quorum: tuple[str, ...]


NOBODY = WitnessList((), ("quorum none",))


def parse_witness_list(text: str, place: str) -> WitnessList:
    """The list in a TOML text: ``[[witness]]``, and optionally ``[[group]]`` and ``quorum``, a name, or without groups any or all."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise WitnessListProblem(f"{place}: {problem}") from problem
    _check_fields(content, {"quorum", "group", "witness"}, place)
    rows = _list_tables(content, "witness", WITNESS_FIELDS, place)
    witnesses = [make_witness(_text(row, "name", place), _text(row, "url", place), _text(row, "vkey", place), place) for row in rows]
    if "quorum" not in content and "group" not in content:
        citizens = [row["name"] for row in rows if row.get("class") == CITIZENS]
        return WitnessList(tuple(witnesses), tuple(choose_quorum([each.name for each in witnesses], citizens)))
    if "group" not in content and content["quorum"] in ("any", "all"):
        names = " ".join(each.name for each in witnesses)
        return WitnessList(tuple(witnesses), (f"group {OWN_GROUPS}members {content['quorum']} {names}", f"quorum {OWN_GROUPS}members"))
    lines = []
    for group in _list_tables(content, "group", GROUP_FIELDS, place):
        members = group.get("members")
        if type(members) is not list or not all(type(each) is str and _name.fullmatch(each) for each in members):
            raise WitnessListProblem(f"{place}: the members of the group {group.get('name')} are a list of names")
        threshold = group.get("threshold")
        if type(threshold) is not int and threshold not in ("any", "all"):
            raise WitnessListProblem(f"{place}: the threshold of the group {group.get('name')} is a number, any or all")
        lines.append(f"group {_text(group, 'name', place)} {threshold} {' '.join(members)}")
    quorum = _text(content, "quorum", place)
    known = [*(each.name for each in witnesses), *(str(group["name"]) for group in content.get("group", []))]
    if quorum not in (*known, "none"):
        raise WitnessListProblem(f"{place}: the quorum {quorum!r} is the name of no witness and no group; without groups, any or all")
    return WitnessList(tuple(witnesses), (*lines, f"quorum {quorum}"))


def make_witness(name: str, url: str, vkey: str, place: str) -> Witness:
    """One witness from its words."""
    if _name.fullmatch(name) is None:
        raise WitnessListProblem(f"{place}: {name!r} is no witness's name: 1 to 64 letters, digits, dots or dashes, not none or quorum-of-")
    if not url.startswith(("http://", "https://")):
        raise WitnessListProblem(f"{place}: the address of {name} does not begin with http:// or https://")
    try:
        key = read_vkey(f"{vkey}\n".encode(), f"{place}, vkey of {name}")
    except Wrong as problem:
        raise WitnessListProblem(str(problem)) from problem
    if key.kind != COSIGNATURE:
        raise WitnessListProblem(f"{place}: the vkey of {name} is of type {key.kind}, and a cosigner's of type {COSIGNATURE}")
    return Witness(name, url.rstrip("/"), key)


def choose_quorum(names: Sequence[str], citizens: Sequence[str]) -> Iterable[str]:
    """Group and quorum lines that want 2f + 1 of n = 3f + 1 witnesses, one of them of the citizens where they have any.

    A member stands in one group of a policy, so the citizens' share is counted apart from that of the others.
    """
    needed = 2 * ((len(names) - 1) // 3) + 1
    others = [name for name in names if name not in citizens]
    if not names:
        return NOBODY.quorum
    if not citizens:
        return [f"group {OWN_GROUPS}members {needed} {' '.join(names)}", f"quorum {OWN_GROUPS}members"]
    of_others = min(needed - 1, len(others))
    lines = [f"group {OWN_GROUPS}citizens {needed - of_others} {' '.join(citizens)}"]
    if of_others == 0:
        return [*lines, f"quorum {OWN_GROUPS}citizens"]
    lines.append(f"group {OWN_GROUPS}others {of_others} {' '.join(others)}")
    return [*lines, f"group {OWN_GROUPS}both all {OWN_GROUPS}citizens {OWN_GROUPS}others", f"quorum {OWN_GROUPS}both"]


def format_policy(log: Key, listed: WitnessList) -> bytes:
    """The policy file; WitnessListProblem where the list contradicts itself, by the verifier's own reading."""
    lines = [f"log {format_vkey(log)}", *(f"witness {each.name} {format_vkey(each.key)}" for each in listed.witnesses), *listed.quorum]
    text = "".join(f"{line}\n" for line in lines).encode()
    keys = [log, *(each.key for each in listed.witnesses)]
    # One cosigner a name, and a key in one role only: what a key says must mean one thing.
    if len({key.name for key in keys}) < len(keys) or len({key.public for key in keys}) < len(keys):
        raise WitnessListProblem("the list of witnesses: the name in a vkey, or a key, stands for two of log and witnesses")
    try:
        parse_policy(text, "the policy made of the list of witnesses")
    except Wrong as problem:
        raise WitnessListProblem(str(problem)) from problem
    return text


def _list_tables(content: dict[str, Any], name: str, fields: set[str], place: str) -> list[dict[str, Any]]:
    tables = content.get(name, [])
    if type(tables) is not list or not all(type(table) is dict for table in tables):
        raise WitnessListProblem(f"{place}: {name} is written [[{name}]]")
    for table in tables:
        _check_fields(table, fields, f"{place}, {name}")
    return tables


def _check_fields(table: dict[str, Any], fields: set[str], place: str) -> None:
    odd = sorted(table.keys() - fields)
    if odd:
        raise WitnessListProblem(f"{place}: {odd[0]!r} is unknown; known are {', '.join(sorted(fields))}")


def _text(table: dict[str, Any], field: str, place: str) -> str:
    value = table.get(field)
    if type(value) is not str or not value or any(sign.isspace() for sign in value):
        raise WitnessListProblem(f"{place}: {field} is missing, or no text without spaces")
    return value
