"""Checkpoints as signed notes, cosignatures and the policy on them (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy)."""

# Owns who vouches for a log root. Knows nothing below that root.

import re
from collections.abc import Container
from hashlib import sha256
from typing import NamedTuple

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from prasasti_verify.strict import MAX_INTEGER, Wrong, decode_base64, require

ED25519, COSIGNATURE, MAX_NAMES = 1, 4, 256
_name = re.compile(r"[^\s+]+")
_number = re.compile("0|[1-9][0-9]{0,15}")


# A verifier key: its name, the kind of its signatures, 32 bytes of Ed25519; its id names it in signature lines.
class Key(NamedTuple):
    name: str
    kind: int
    public: bytes

    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes((self.kind,)) + self.public).digest()[:4]


# A signed tree head: what is signed, what that says, and the signature lines (name, key id, signature).
class Checkpoint(NamedTuple):
    body: bytes
    origin: str
    size: int
    root: bytes
    lines: tuple[tuple[str, bytes, bytes], ...]


# Logs and witnesses that a reader accepts; a group has cosigned when so many of its members have.
class Policy(NamedTuple):
    logs: tuple[Key, ...]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    # Whether a witness or group has cosigned, given the names of the witnesses that did.
    def is_met(self, name: str, cosigned: Container[str]) -> bool:
        threshold, members = self.groups.get(name, (1, []))
        return name == "none" or name in cosigned or sum(self.is_met(member, cosigned) for member in members) >= threshold

    # Times of the cosignatures on a checkpoint, by witness, and the first by which the quorum had cosigned (0: it has not).
    def read_times(self, checkpoint: Checkpoint, place: str) -> tuple[dict[str, int], int]:
        times = {name: at for name, key in self.witnesses.items() if (at := read_signature(checkpoint, key, place))}
        met = [at for at in times.values() if self.is_met(self.quorum, {name for name in times if times[name] <= at})]
        return times, min(met, default=0)


# Whether an Ed25519 signature verifies by libsodium's rules, which decide in the ledger too.
def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return len(signature) == 64 and crypto_sign_open(signature + message, public) == message
    except BadSignatureError:
        return False


# A vkey and a newline: name+hex(key id)+base64(kind, public key), split at the first two "+".
def parse_key(data: bytes, place: str) -> Key:
    name, key_id, material = (*_decode_text(data, place).split("+", 2), "", "\n")[:3]
    require(material.endswith("\n"), place, "has no final newline")
    raw = decode_base64(material[:-1], place)
    require(len(raw) == 33 and raw[0] in (ED25519, COSIGNATURE), place, f"is no vkey of type 01 or 04 (Ed25519): {raw[:1].hex()}")
    key = Key(name, raw[0], raw[1:])
    require(_name.fullmatch(name) and key_id == key.id().hex(), place, "is a vkey whose key id does not fit its name and key")
    return key


# A signed note of three lines (extension lines are not used), its signatures unverified; its last empty line parts them.
def parse_checkpoint(data: bytes, place: str) -> Checkpoint:
    body, separator, signatures = _decode_text(data, place).rpartition("\n\n")
    require(separator and signatures.endswith("\n"), place, "is no signed note: text, an empty line, signature lines")
    lines = tuple(_parse_line(line, place) for line in signatures[:-1].split("\n"))
    require(len({line[:2] for line in lines}) == len(lines) <= 100, place, "has too many signature lines, or two by one key")
    origin, size, root = parts if len(parts := body.split("\n")) == 3 else ("", "", "")
    require(origin and _number.fullmatch(size) and int(size) <= MAX_INTEGER, place, "is no checkpoint of three lines: origin, size, root")
    require(len(hash_bytes := decode_base64(root, place)) == 32, place, "has no SHA-256 in its third line")
    return Checkpoint(f"{body}\n".encode(), origin, int(size), hash_bytes, lines)


# Time of the key's signature on a checkpoint (0 where the kind has none); None where it has not signed.
def read_signature(checkpoint: Checkpoint, key: Key, place: str) -> int | None:
    for name, key_id, signature in checkpoint.lines:
        if (name, key_id) == (key.name, key.id()):
            seconds, message = 0, checkpoint.body
            if key.kind == COSIGNATURE:
                seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                message = b"cosignature/v1\ntime %d\n" % seconds + message
            require(is_signed(key.public, message, signature), place, f"bears a signature line of {name} that does not verify")
            return seconds
    return None


# A trust policy: lines "log", "witness", "group" and one "quorum".
def parse_policy(data: bytes, place: str) -> Policy:
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    quorum, free = "", set[str]()
    for number, line in enumerate(_decode_text(data, place, "\n\t").split("\n"), 1):
        where, defined = f"{place}, line {number}", {"none", *witnesses, *groups}
        match [word for word in re.split("[ \t]", line) if word]:
            case ["log", vkey] | ["log", vkey, _]:
                logs.append(parse_key(f"{vkey}\n".encode(), where))
            case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in defined and len(defined) <= MAX_NAMES:
                witnesses[name] = parse_key(f"{vkey}\n".encode(), where)
                free.add(name)
            case ["group", name, threshold, *members] if name not in defined and len(defined) <= MAX_NAMES:
                needed = {"any": "1", "all": str(len(members))}.get(threshold, threshold)
                require(_number.fullmatch(needed) and 1 <= int(needed) <= len(members), where, "has a threshold out of range")
                require(free.issuperset(members) and len({*members}) == len(members), where, "has a member unknown or already taken")
                free = free.difference(members) | {name}
                groups[name] = int(needed), members
            case ["quorum", name] if not quorum and name in defined:
                quorum = name
            case [word, *_] if not word.startswith("#"):
                raise Wrong(where, "is no line of a policy, or names something a second time, too early, or one too many")
    require(quorum and data.endswith(b"\n"), place, "has no quorum line, or no final newline")
    for keys, kind in ((logs, ED25519), ([*witnesses.values()], COSIGNATURE)):
        is_apart = len({key.public for key in keys}) == len({key.name for key in keys}) == len(keys)
        require(is_apart and all(key.kind == kind for key in keys), place, "names a log or witness twice, or by a key of another kind")
    return Policy(tuple(logs), witnesses, groups, quorum)


def _decode_text(data: bytes, place: str, controls: str = "\n") -> str:
    text = data.decode("utf-8", "replace")
    require(text.encode() == data and not {*text} & {*map(chr, range(32))} - {*controls}, place, "holds bytes that are no text")
    return text


def _parse_line(line: str, place: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = (*line.split(" ", 2), "", "")[:3]
    raw = decode_base64(encoded, place)
    require(dash == "—" and _name.fullmatch(name) and len(raw) > 4, place, f"has a signature line that cannot be read: {line[:60]!r}")
    return name, raw[:4], raw[4:]
