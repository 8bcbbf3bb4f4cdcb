"""How a key on a token is named: a PKCS#11 URI (RFC 7512), ``pkcs11:token=…;object=…?module-path=…&pin-source=…``.

Owns reading the words, and that no PIN stands among them. What a token holds is ``hardware_token``'s business.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from prasasti.integrations.signers.interface import SignerProblem

SCHEME = "pkcs11:"
MODULE_VARIABLE = "PRASASTI_PKCS11_MODULE"
TOKEN_ATTRIBUTES = ("token", "manufacturer", "model", "serial")
KEY_ATTRIBUTES = ("object", "id", "type")
QUERY_ATTRIBUTES = ("module-path", "pin-source")
MAX_PIN_FILE_BYTES = 4_096
_percent = re.compile("%(?![0-9A-Fa-f]{2})")


class TokenKeyName(NamedTuple):
    """A key on a token. ``words``: the URI without its query, as messages name it; ``token``: attribute to text that it must have."""

    words: str
    token: dict[str, str]
    label: str | None
    key_id: bytes | None
    module: Path
    pin_source: str | None


def parse_pkcs11_uri(uri: str) -> TokenKeyName:
    """A URI's parts; SignerProblem names an attribute that cannot be used, never its value, which may be a PIN."""
    refuse_pin(uri)
    path, _, query = uri[len(SCHEME) :].partition("?")
    asked = _read_attributes(query, "&")
    named = _read_attributes(path, ";")
    for attribute in (*named, *asked):
        if attribute not in (*TOKEN_ATTRIBUTES, *KEY_ATTRIBUTES, *QUERY_ATTRIBUTES):
            known = ", ".join((*TOKEN_ATTRIBUTES, *KEY_ATTRIBUTES, *QUERY_ATTRIBUTES))
            raise SignerProblem(f"the attribute {attribute} of a pkcs11: name is not used here; known are {known}")
        if (attribute in asked) != (attribute in QUERY_ATTRIBUTES):
            raise SignerProblem(f"the attribute {attribute} of a pkcs11: name stands on the wrong side of its '?'")
    if "object" not in named and "id" not in named:
        raise SignerProblem("a pkcs11: name says which key: object=LABEL or id=%01%02…")
    if named.get("type", b"private") != b"private":
        raise SignerProblem("the type in a pkcs11: name that signs is private")
    token = {attribute: _text(named[attribute], attribute) for attribute in TOKEN_ATTRIBUTES if attribute in named}
    label = _text(named["object"], "object") if "object" in named else None
    pin_source = _text(asked["pin-source"], "pin-source") if "pin-source" in asked else None
    return TokenKeyName(f"{SCHEME}{path}", token, label, named.get("id"), _find_module(asked.get("module-path")), pin_source)


def refuse_pin(location: str) -> None:
    """SignerProblem where a PIN stands in the place of a key, also a miswritten one, before any message can repeat that place."""
    if "pin-value" in location.lower():
        raise SignerProblem(
            "pin-value would show the PIN to whoever lists this machine's processes; "
            "leave it out to be asked, or say pin-source=file:/PATH or pin-source=env:NAME"
        )


def find_pin(name: TokenKeyName, ask: Callable[[], str]) -> str:
    """The PIN: from the file or the environment variable that the name says, or asked for; SignerProblem."""
    if name.pin_source is None:
        pin, place = ask(), "the PIN given"
    elif name.pin_source.startswith("env:"):
        variable = name.pin_source.removeprefix("env:")
        pin, place = os.environ.get(variable, ""), f"the environment variable {variable}"
    else:
        pin, place = _read_pin_file(name.pin_source), name.pin_source
    # An empty PIN is never tried: a token counts each wrong one, and locks after a few.
    if not pin:
        raise SignerProblem(f"{name.words}: {place} is empty; no PIN was tried")
    return pin


def _read_attributes(text: str, separator: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for count, part in enumerate(text.split(separator) if text else [], 1):
        attribute, equals, value = part.partition("=")
        if not equals or not re.fullmatch("[a-z-]+", attribute) or _percent.search(value):
            raise SignerProblem(f"part {count} of a pkcs11: name is not attribute=value with only %-codes of two hex digits")
        if attribute in found:
            raise SignerProblem(f"the attribute {attribute} stands twice in a pkcs11: name")
        found[attribute] = unquote_to_bytes(value)
    return found


def _text(value: bytes, attribute: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise SignerProblem(f"the attribute {attribute} of a pkcs11: name is not UTF-8") from None


def _find_module(given: bytes | None) -> Path:
    """The token's library, whole path: one that the system looks for by its name could be another."""
    said = _text(given, "module-path") if given is not None else os.environ.get(MODULE_VARIABLE, "")
    if not said:
        raise SignerProblem(f"say where the token's library is: ?module-path=/usr/lib/….so in the name, or {MODULE_VARIABLE}")
    path = Path(said)
    if not path.is_absolute():
        raise SignerProblem(f"{path}: the token's library is named by its whole path")
    if not path.is_file():
        raise SignerProblem(f"{path}: no such library; install the token maker's PKCS#11 module (SoftHSM's: softhsm2), or name its place")
    return path


def _read_pin_file(source: str) -> str:
    if not source.removeprefix("file:").startswith("/"):
        raise SignerProblem("the pin-source of a pkcs11: name is file:/PATH or env:NAME")
    path = Path("/" + source.removeprefix("file:").lstrip("/"))
    try:
        with path.open("rb") as file:
            is_open_to_all = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IROTH
            data = file.read(MAX_PIN_FILE_BYTES + 1)
    except OSError as problem:
        raise SignerProblem(f"{path}: {problem.strerror}") from problem
    if is_open_to_all:
        raise SignerProblem(f"{path}: everybody on this machine may read this PIN: chmod 600 {path}")
    if len(data) > MAX_PIN_FILE_BYTES:
        raise SignerProblem(f"{path}: longer than any PIN")
    try:
        return data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        # ``from None``: the error would show the PIN's bytes.
        raise SignerProblem(f"{path}: a PIN is UTF-8 text") from None
