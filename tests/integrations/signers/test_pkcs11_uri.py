"""Names of keys on tokens: what RFC 7512 lets one write is read as written, and no PIN gets into a message."""

from __future__ import annotations

import traceback
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.signers import SignerProblem, open_signer
from prasasti.integrations.signers.pkcs11_uri import MODULE_VARIABLE, find_pin, parse_pkcs11_uri

MODULE = __file__  # Any file: a name is read before the library is loaded.
SECRET = "7391-padi"


def never_asked() -> str:
    raise AssertionError("no PIN is asked for here")


def read_error(location: str) -> str:
    with pytest.raises(SignerProblem) as caught:
        open_signer(location, never_asked)
    return "".join(traceback.format_exception(caught.value))


def test_a_whole_name() -> None:
    place = quote(MODULE, safe="")
    words = "pkcs11:token=Brankas%20A;serial=01%3b;object=log;id=%01%ff;type=private"
    name = parse_pkcs11_uri(f"{words}?module-path={place}&pin-source=env:PIN")
    assert name.token == {"token": "Brankas A", "serial": "01;"}
    assert (name.label, name.key_id) == ("log", b"\x01\xff")
    assert (name.module, name.pin_source) == (Path(MODULE), "env:PIN")
    assert name.words == words


@given(label=st.text(), token=st.text(), key_id=st.binary())
def test_any_label_and_id_can_be_named(label: str, token: str, key_id: bytes) -> None:
    uri = f"pkcs11:object={quote(label, safe='')};token={quote(token, safe='')};id={quote(key_id, safe='')}?module-path={quote(MODULE)}"
    name = parse_pkcs11_uri(uri)
    assert (name.label, name.token["token"], name.key_id) == (label, token, key_id)


@given(st.text(max_size=60))
def test_a_name_is_read_or_refused(text: str) -> None:
    try:
        parse_pkcs11_uri(f"pkcs11:{text}")
    except SignerProblem:
        return
    raise AssertionError("no name without a module is whole")


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("pkcs11:", "which key"),
        ("pkcs11:token=t", "which key"),
        ("pkcs11:object", "part 1"),
        ("pkcs11:object=a;", "part 2"),
        ("pkcs11:object=%zz", "part 1"),
        ("pkcs11:object=%4", "part 1"),
        ("pkcs11:object=a;object=b", "stands twice"),
        ("pkcs11:object=%ff", "not UTF-8"),
        ("pkcs11:object=a;type=public", "private"),
        ("pkcs11:object=a;slot-id=1", "slot-id"),
        ("pkcs11:object=a;module-path=/x", "wrong side"),
        ("pkcs11:object=a?token=t", "wrong side"),
        ("pkcs11:object=a?module-name=softhsm2", "module-name"),
        ("pkcs11:object=a", MODULE_VARIABLE),
        ("pkcs11:object=a?module-path=libsofthsm2.so", "whole path"),
        ("pkcs11:object=a?module-path=/nonexistent/lib.so", "no such library"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(monkeypatch: pytest.MonkeyPatch, uri: str, reason: str) -> None:
    monkeypatch.delenv(MODULE_VARIABLE, raising=False)
    assert reason in read_error(uri)


@pytest.mark.parametrize(
    "uri",
    [
        f"pkcs11:object=a?pin-value={SECRET}",
        f"pkcs11:object=a?module-path={MODULE}&pin-value={SECRET}",
        f"PKCS11:object=a?pin-value={SECRET}",
        f"pkcs11:object=a;pin-value={SECRET}",
        f"pkcs11:object=a&pin-value={SECRET}",
        f" pkcs11:object=a?pin-value={SECRET}",
        f"governance.officer=pkcs11:object=a?pin-value={SECRET}",
        f"token=a;object=a?PIN-VALUE={SECRET}",
        f"pkcs11:object=a?module-path=/nonexistent/pin-value={SECRET}",
        f"pkcs11:object=a?pin_value={SECRET}",
        f"pkcs11:object=a?pin-value%3d{SECRET}",
        f"pkcs11:object=a?module-path={MODULE}&pin-source={SECRET}",
    ],
)
def test_a_pin_among_the_words_is_refused_and_not_repeated(uri: str) -> None:
    assert SECRET not in read_error(uri)


def test_the_module_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODULE_VARIABLE, MODULE)
    assert parse_pkcs11_uri("pkcs11:object=a").module == Path(MODULE)


def source(place: str) -> str:
    return f"pkcs11:object=a?module-path={quote(MODULE)}&pin-source={quote(place)}"


def test_pin_from_where_the_name_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_PIN", SECRET)
    assert find_pin(parse_pkcs11_uri(source("env:TOKEN_PIN")), never_asked) == SECRET
    path = tmp_path / "pin file"
    for written in (SECRET, f"{SECRET}\n", f"{SECRET}\r\n"):
        path.write_bytes(written.encode())
        path.chmod(0o600)
        for place in (f"file:{path}", f"file://{path}", str(path)):
            assert find_pin(parse_pkcs11_uri(source(place)), never_asked) == SECRET
    assert find_pin(parse_pkcs11_uri(f"pkcs11:object=a?module-path={quote(MODULE)}"), lambda: SECRET) == SECRET


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (SECRET.encode(), 0o644, "chmod 600"),
        (b"", 0o600, "is empty"),
        (b"\n", 0o600, "is empty"),
        (SECRET.encode() * 1_000, 0o600, "longer than any PIN"),
        (SECRET.encode() + b"\xff", 0o600, "UTF-8"),
        (None, 0o600, "No such file"),
    ],
)
def test_a_pin_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, mode: int, reason: str) -> None:
    path = tmp_path / "pin"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(SignerProblem, match=reason) as caught:
        find_pin(parse_pkcs11_uri(source(f"file:{path}")), never_asked)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_an_empty_pin_is_never_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKEN_PIN", raising=False)
    with pytest.raises(SignerProblem, match="TOKEN_PIN is empty"):
        find_pin(parse_pkcs11_uri(source("env:TOKEN_PIN")), never_asked)
    with pytest.raises(SignerProblem, match="no PIN was tried"):
        find_pin(parse_pkcs11_uri(f"pkcs11:object=a?module-path={quote(MODULE)}"), str)
