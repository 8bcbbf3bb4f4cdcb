"""``core``, ``contracts`` and ``rules`` are deterministic; and the check that says so finds each thing it is meant to."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.style.purity import check, find_pure_files, find_set_names

SOURCE = Path(__file__).resolve().parents[2] / "src"
FILES = find_pure_files(SOURCE)


def test_the_files_to_check_are_found() -> None:
    names = {path.relative_to(SOURCE).as_posix() for path in FILES}
    assert {"prasasti/core/transition.py", "prasasti/contracts/__init__.py", "prasasti_verify/hashing.py"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_what_must_be_deterministic_is(path: Path) -> None:
    known = frozenset[str]().union(*(find_set_names(ast.parse(file.read_text(encoding="utf-8"))) for file in FILES))
    assert [f"{path.name}:{found.line}: {found.what}" for found in check(path.read_text(encoding="utf-8"), known)] == []


BAD = {
    "clock": ("import", "import time"),
    "clock, by datetime": ("import", "from datetime import datetime"),
    "randomness": ("import", "import random"),
    "randomness of the system": ("import", "import secrets"),
    "random identifiers": ("import", "from uuid import uuid4"),
    "random keys": ("import", "from nacl.bindings import crypto_sign_keypair"),
    "random bytes": ("import", "from nacl.utils import random"),
    "files, by os": ("import", "import os"),
    "files, by pathlib": ("import", "from pathlib import Path"),
    "files, by open": ("name", "text = open('genesis.json')"),
    "files, by the module's own": ("name", "here = __file__"),
    "network": ("import", "import socket"),
    "environment": ("import", "from os import environ"),
    "interpreter": ("import", "import sys"),
    "locale": ("import", "import locale"),
    "logging": ("import", "import logging"),
    "output": ("name", "print('accepted')"),
    "input": ("name", "answer = input()"),
    "debugger": ("name", "breakpoint()"),
    "threads": ("import", "import threading"),
    "other packages of the project": ("import", "from prasasti.storage import database"),
    "the rest of the verifier": ("import", "from prasasti_verify import tiles"),
    "relative import": ("import", "from . import clock"),
    "libraries nobody looked at": ("import", "import requests"),
    "import hidden in a function": ("import", "def now():\n    import time\n    return time.time()"),
    "import by name": ("name", "clock = __import__('time')"),
    "code from text": ("name", "value = eval('1 + 1')"),
    "float literal": ("float", "share = 0.7"),
    "float call": ("float", "share = float(3)"),
    "float field": ("float", "class Weight:\n    share: float"),
    "float as a function": ("float", "shares = map(float, texts)"),
    "true division": ("float", "half = amount / 2"),
    "true division in place": ("float", "amount /= 2"),
    "negative power": ("float", "tenth = 10 ** -1"),
    "division by operator": ("float", "import operator\nhalf = operator.truediv(1, 2)"),
    "floats of math": ("import", "from math import sqrt"),
    "complex": ("float", "value = 2j"),
    "hash": ("name", "bucket = hash(key) % 16"),
    "hash handed over": ("name", "ordered = sorted(keys, key=hash)"),
    "address": ("name", "ordered = sorted(keys, key=lambda key: id(key))"),
    "unicodedata": ("import", "import unicodedata"),
    "isdigit": ("text", "valid = text.isdigit()"),
    "isalpha": ("text", "valid = text.isalpha()"),
    "isspace handed over": ("text", "blank = all(map(str.isspace, text))"),
    "casefold": ("text", "same = one.casefold() == two.casefold()"),
    "lower": ("text", "ocid = ocid.lower()"),
    "Unicode whitespace": ("text", "words = text.split()"),
    "Unicode whitespace at the ends": ("text", "word = text.strip()"),
    "word characters": ("pattern", "import re\nname = re.compile(r'\\w+')"),
    "digits": ("pattern", "import re\nnumber = re.fullmatch('[-+]?\\\\d+', text)"),
    "spaces": ("pattern", "from msgspec import Meta\nWord = Meta(pattern=r'^[^\\s]+$')"),
    "case in a pattern": ("pattern", "import re\nname = re.compile('(?i)cv')"),
    "case by flag": ("pattern", "import re\nname = re.compile('cv', re.IGNORECASE)"),
    "loop over a set": ("set", "for key in {1, 2}:\n    pass"),
    "loop over set()": ("set", "for key in set(keys):\n    pass"),
    "loop over a name": ("set", "def count(keys):\n    seen = set(keys)\n    for key in seen:\n        pass"),
    "loop over a name of a name": ("set", "def count(keys):\n    seen = set(keys)\n    more = seen\n    for key in more:\n        pass"),
    "loop over an argument": ("set", "def count(keys: frozenset[str]):\n    return [key for key in keys]"),
    "loop over an optional argument": ("set", "def count(keys: set[str] | None):\n    return [key for key in keys]"),
    "loop over a field": ("set", "class Seat:\n    roles: frozenset[str]\ndef show(seat):\n    return [role for role in seat.roles]"),
    "loop over a result": ("set", "def keys() -> set[str]:\n    return set()\nnames = [key for key in keys()]"),
    "loop over a constant": ("set", "ROLES = frozenset({'a', 'b'})\nnames = [role for role in ROLES]"),
    "loop over a constant in a function": ("set", "ROLES = {'a', 'b'}\ndef names():\n    for role in ROLES:\n        yield role"),
    "loop over a difference": ("set", "for key in old.keys() - new.keys():\n    pass"),
    "loop over a union": ("set", "for key in set(old) | set(new):\n    pass"),
    "loop over a method's result": ("set", "for key in old.difference(new):\n    pass"),
    "loop over one or the other": ("set", "for key in {1} if old else {2}:\n    pass"),
    "list of a set": ("set", "keys = list({1, 2})"),
    "dict of a set": ("set", "counts = {key: 0 for key in {1, 2}}"),
    "first of a set": ("set", "first = next(iter({1, 2}))"),
    "any of a set": ("set", "one = {1, 2}.pop()"),
    "text of a set": ("set", "text = f'{ {1, 2} }'"),
    "joined set": ("set", "text = ','.join({'a', 'b'})"),
    "star of a set": ("set", "keys = [*{1, 2}]"),
    "taken apart": ("set", "first, second = {1, 2}"),
    "yielded": ("set", "def keys():\n    yield from {1, 2}"),
    "first of equals": ("set", "longest = max((key for key in {'a', 'b'}), key=len)"),
}

GOOD = {
    "integers": "share = amount * 7 // 10",
    "refusing floats": "def refuse(value):\n    return type(value) is float or isinstance(value, (bool, float))",
    "sorted sets": "for key in sorted({1, 2}):\n    pass",
    "sorted difference": "for key in sorted(old.keys() - new.keys()):\n    pass",
    "members and sizes": "def count(keys: set[str]) -> bool:\n    return 'a' in keys and len(keys) == 2 and any(key for key in keys)",
    "set of a set": "names = {key + 1 for key in {1, 2}}",
    "mapped, then sorted": "names = sorted(map(str, {1, 2}))",
    "order of a dict": "names = [key for key in {'a': 1}.keys()]",
    "same name, no set": "def one():\n    keys = {1}\n    return len(keys)\ndef two(keys: list[int]):\n    return [key for key in keys]",
    "field called id": "class Member:\n    id: str\ndef show(member):\n    return member.id",
    "argument called id": "def show(id: str) -> str:\n    return id",
    "field called title": "def show(tender):\n    return tender.title",
    "ASCII": "import re\nnumber = re.compile('[0-9]+')\nwords = text.split(' ')",
    "docstring": '"""Numbers match ``\\\\d`` nowhere, 0.5 neither."""',
    "verification": "from nacl.bindings import crypto_sign_open",
    "bytes that match": "import re\nlong = re.compile(rb'\\d{16}')",
}


@pytest.mark.parametrize("name", BAD)
def test_each_forbidden_thing_is_found(name: str) -> None:
    kind, text = BAD[name]
    assert kind in {found.kind for found in check(text)}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_deterministic_is_left_alone(name: str) -> None:
    assert check(GOOD[name]) == []


def test_a_set_of_another_module_is_known() -> None:
    known = frozenset(find_set_names(ast.parse("class Seat:\n    roles: frozenset[str]")))
    assert check("names = list(seat.roles)", known)
    assert not check("names = list(seat.roles)")


def test_the_sql_back_end_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "prasasti" / "rules"
    folder.mkdir(parents=True)
    for name in ("sql.py", "parse.py"):
        (folder / name).touch()
    assert [path.name for path in find_pure_files(tmp_path) if path.exists()] == ["parse.py"]
