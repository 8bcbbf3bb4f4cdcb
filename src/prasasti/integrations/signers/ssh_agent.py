"""Keys held by an ssh-agent: an Ed25519 key signs any bytes without leaving the agent (draft-ietf-sshm-ssh-agent).

Owns the agent's messages as far as listing and signing need them. Keys on security tokens (``sk-``) sign other bytes
than they are given, so they are not taken.
"""

from __future__ import annotations

import os
import socket
import struct

from prasasti.integrations.signers.interface import SIGNATURE_BYTES, SignerProblem, check_signature

REQUEST_IDENTITIES, IDENTITIES_ANSWER = 11, 12
SIGN_REQUEST, SIGN_RESPONSE = 13, 14
KEY_TYPE = b"ssh-ed25519"
MAX_MESSAGE_BYTES = 256 * 1024
TIMEOUT_SECONDS = 60.0  # An agent may ask its owner to confirm each use.


class SshAgentSigner:
    """One Ed25519 key of the agent that listens at ``address``."""

    def __init__(self, address: str, public_key: bytes) -> None:
        self._address = address
        self._public_key = public_key

    @property
    def public_key(self) -> bytes:
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        blob = _string(KEY_TYPE) + _string(self._public_key)
        answer = _ask(self._address, SIGN_REQUEST, _string(blob) + _string(message) + struct.pack(">I", 0), SIGN_RESPONSE)
        signature, _ = _take_string(answer)
        kind, rest = _take_string(signature)
        value, rest = _take_string(rest)
        if kind != KEY_TYPE or len(value) != SIGNATURE_BYTES or rest:
            raise SignerProblem("the ssh-agent answered with something else than a plain Ed25519 signature")
        return check_signature("the ssh-agent", self._public_key, message, value)

    def __repr__(self) -> str:
        return f"SshAgentSigner({self._public_key.hex()})"


def open_agent_key(name: str, address: str | None = None) -> SshAgentSigner:
    """The agent's Ed25519 key of that hex public key or comment. ``address``: path of its socket, else SSH_AUTH_SOCK."""
    address = address or os.environ.get("SSH_AUTH_SOCK")
    if not address:
        raise SignerProblem("no ssh-agent: SSH_AUTH_SOCK is not set; start one (eval $(ssh-agent)) and add the key (ssh-add)")
    keys = list_agent_keys(address)
    fitting = [key for key, comment in keys if name in (key.hex(), comment)]
    if len(fitting) != 1:
        known = ", ".join(f"{key.hex()} ({comment})" for key, comment in keys) or "none"
        raise SignerProblem(f"the ssh-agent holds {len(fitting)} Ed25519 keys of the name {name!r}; its Ed25519 keys: {known}")
    return SshAgentSigner(address, fitting[0])


def list_agent_keys(address: str) -> list[tuple[bytes, str]]:
    """Public key and comment of each plain Ed25519 key that the agent holds."""
    answer = _ask(address, REQUEST_IDENTITIES, b"", IDENTITIES_ANSWER)
    keys = []
    count, rest = _take_count(answer)
    for _ in range(count):
        blob, rest = _take_string(rest)
        comment, rest = _take_string(rest)
        kind, key = _take_string(blob)
        if kind == KEY_TYPE:
            keys.append((_take_string(key)[0], comment.decode("utf-8", "replace")))
    return keys


def _ask(address: str, kind: int, content: bytes, expected: int) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(address)
            connection.sendall(_string(bytes((kind,)) + content))
            (length,) = struct.unpack(">I", _receive(connection, 4))
            if not 1 <= length <= MAX_MESSAGE_BYTES:
                raise SignerProblem(f"the ssh-agent at {address} answered with a message of {length} bytes")
            answer = _receive(connection, length)
    except OSError as problem:
        raise SignerProblem(f"the ssh-agent at {address} does not answer: {problem}") from problem
    if answer[0] != expected:
        raise SignerProblem(f"the ssh-agent at {address} refused: is the key still loaded, was its use confirmed?")
    return answer[1:]


def _receive(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        piece = connection.recv(length - len(received))
        if not piece:
            raise SignerProblem("the ssh-agent hung up in the middle of its answer")
        received += piece
    return bytes(received)


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _take_count(data: bytes) -> tuple[int, bytes]:
    if len(data) < 4:
        raise SignerProblem("the ssh-agent's answer is cut short")
    return int.from_bytes(data[:4], "big"), data[4:]


def _take_string(data: bytes) -> tuple[bytes, bytes]:
    length, rest = _take_count(data)
    if len(rest) < length:
        raise SignerProblem("the ssh-agent's answer is cut short")
    return rest[:length], rest[length:]
