"""Keys behind a command of the owner's choice: a key-management service, a hardware module, another machine.

Owns the convention: ``COMMAND public-key`` prints the public key, ``COMMAND sign`` reads the message on its standard
input and prints the signature; both in hex, one line, exit 0. What it says on standard error reaches the person. No
shell runs it, and no secret passes through it.
"""

from __future__ import annotations

import shlex
import subprocess

from prasasti.integrations.signers.interface import SEED_BYTES, SIGNATURE_BYTES, SignerProblem, check_signature

TIMEOUT_SECONDS = 120.0  # A person may have to touch a token.


class ExternalSigner:
    """A key that a command uses."""

    def __init__(self, command: tuple[str, ...], public_key: bytes) -> None:
        self._command = command
        self._public_key = public_key

    @property
    def public_key(self) -> bytes:
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        signature = _run((*self._command, "sign"), message, SIGNATURE_BYTES)
        return check_signature(f"the command {self._command[0]}", self._public_key, message, signature)

    def __repr__(self) -> str:
        return f"ExternalSigner({self._public_key.hex()})"


def open_external_key(command_line: str) -> ExternalSigner:
    """The key that a command line (words as a shell splits them) answers for."""
    try:
        command = tuple(shlex.split(command_line))
    except ValueError as problem:
        raise SignerProblem(f"the signing command does not split into words: {problem}") from problem
    if not command:
        raise SignerProblem("the signing command is empty")
    return ExternalSigner(command, _run((*command, "public-key"), b"", SEED_BYTES))


def _run(command: tuple[str, ...], message: bytes, length: int) -> bytes:
    try:
        answer = subprocess.run(command, input=message, stdout=subprocess.PIPE, timeout=TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise SignerProblem(f"the command {command[0]} did not answer within {TIMEOUT_SECONDS:.0f} s") from None
    except OSError as problem:
        raise SignerProblem(f"the command {command[0]} cannot be run: {problem.strerror}") from problem
    if answer.returncode != 0:
        raise SignerProblem(f"the command {command[0]} ended with exit code {answer.returncode} at {command[-1]}")
    try:
        value = bytes.fromhex(answer.stdout.decode("ascii"))
    except ValueError:
        value = b""
    if len(value) != length:
        raise SignerProblem(f"the command {command[0]} must print {2 * length} hex digits at {command[-1]}")
    return value
