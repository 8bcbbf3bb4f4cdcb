"""Asking witnesses for cosignatures (C2SP tlog-witness, the log's side), within a bounded time.

Owns how each answer is understood. A witness that is away or errs is named and gone without; one that has seen what the
log cannot extend stops the publisher (``HistoryConflict``). Which checkpoint is asked about is the publisher's business.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from http.client import HTTPException
from threading import Thread
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from prasasti.log.witness import SIZE, format_cosigned, format_note, format_request, format_signature_line
from prasasti.log.witness_policy import Witness
from prasasti.log.witness_store import hash_origin
from prasasti_verify.hashing import EMPTY_ROOT
from prasasti_verify.notes import Checkpoint, Key, is_signed, parse_checkpoint, read_signature
from prasasti_verify.strict import Wrong, decode_base64

MAX_ANSWER_BYTES = 65_536
WAIT_SECONDS = 10.0
_size_line = re.compile(rb"(0|[1-9][0-9]{0,15})\n")
_signature_line = re.compile("— ([^ \n]+) ([A-Za-z0-9+/=]+)")


class Reply(NamedTuple):
    """What came back over HTTP."""

    status: int
    content_type: str
    body: bytes


# Method, address, body, seconds; OSError or HTTPException where nothing came back.
Send = Callable[[str, str, bytes | None, float], Reply]
# Consistency proof from an older size to that of the checkpoint asked about.
Prove = Callable[[int], Sequence[bytes]]
# Root of the log's own tree at a size; None where it has none of that size.
RootAt = Callable[[int], bytes | None]


class HistoryConflict(Exception):
    """A witness has seen, or says that it has seen, what this log does not extend. The message names it and the cure."""


class Missing(NamedTuple):
    """Why a witness's cosignature is not there."""

    reason: str


class Collected(NamedTuple):
    """The checkpoint with the cosignatures that came, and why others did not: name to reason."""

    note: bytes
    missing: Mapping[str, str]


class Cosigners:
    """The witnesses of one log."""

    def __init__(self, witnesses: Sequence[Witness], log_keys: Sequence[Key], wait_seconds: float, send: Send | None = None) -> None:
        self.witnesses = tuple(witnesses)
        self._log_keys = tuple(log_keys)
        self._wait_seconds = wait_seconds
        self._send = send or send_over_http
        self._seen: dict[str, int] = {}  # Sizes that witnesses said they have seen: a guess that spares a question.

    def check_latest(self, origin: str, kept: bytes | None, size: int, root_at: RootAt) -> None:
        """HistoryConflict where a witness shows a checkpoint of this log that the first ``size`` entries do not agree with.

        Before anything is signed. A witness that shows none is told the kept checkpoint: an older size than it has seen
        already shows in its answer. Who does not answer in time is asked again when the checkpoint is there.
        """
        body = None if kept is None else format_request(0, (), format_note(parse_checkpoint(kept, "kept"), self._log_keys))
        for witness, answer in self._ask_all(lambda each: self._read_latest(each, origin, body)).items():
            if isinstance(answer, Checkpoint):
                judge_latest(witness, answer, size, root_at)
                self._seen[witness.name] = answer.size
            elif isinstance(answer, int) and answer > size:
                raise HistoryConflict(_spell_ahead(witness, answer, size, is_shown=False))

    def collect(self, note: bytes, prove: Prove) -> Collected:
        """Cosignatures of those whose line the checkpoint does not bear yet; lines of strangers are left out."""
        checkpoint = parse_checkpoint(note, "the checkpoint")
        present = [each for each in self.witnesses if _bears(checkpoint, each.key)]
        base = format_note(checkpoint, self._log_keys)
        asked = [each for each in self.witnesses if each not in present]
        answers = self._ask_all(lambda each: self._ask(each, checkpoint, base, prove), asked)
        lines = {witness.name: answer for witness, answer in answers.items() if isinstance(answer, bytes)}
        missing = {witness.name: answer.reason for witness, answer in answers.items() if isinstance(answer, Missing)}
        return Collected(format_note(checkpoint, [*self._log_keys, *(each.key for each in present)], b"".join(lines.values())), missing)

    def _ask_all(self, ask: Callable[[Witness], object], witnesses: Sequence[Witness] | None = None) -> dict[Witness, object]:
        """Ask all at once, each in a thread that a slow answer keeps and that ends with the process."""
        waiting: dict[Witness, Future[object]] = {}
        for witness in self.witnesses if witnesses is None else witnesses:
            waiting[witness] = Future()
            Thread(target=_run, args=(waiting[witness], ask, witness), daemon=True, name=f"witness {witness.name}").start()
        until = time.monotonic() + self._wait_seconds
        answers: dict[Witness, object] = {}
        for witness, future in waiting.items():
            try:
                answers[witness] = future.result(max(0.0, until - time.monotonic()))
            except TimeoutError:
                answers[witness] = Missing(f"did not answer within {self._wait_seconds:g} s")
            except (OSError, HTTPException) as problem:
                answers[witness] = Missing(f"cannot be reached: {problem}")
            except Wrong as problem:
                answers[witness] = Missing(f"answered what cannot be read: {problem}")
        return answers

    def _send_checkpoint(self, witness: Witness, old_size: int, prove: Prove, note: bytes) -> Reply:
        return self._send("POST", f"{witness.url}/add-checkpoint", format_request(old_size, prove(old_size), note), self._wait_seconds)

    def _read_latest(self, witness: Witness, origin: str, probe: bytes | None) -> Checkpoint | int | Missing:
        """The latest checkpoint that a witness shows, or the size that it says, or why neither is there."""
        reply = self._send("GET", f"{witness.url}/{hash_origin(origin)}/checkpoint", None, self._wait_seconds)
        if reply.status == 200:
            latest = parse_checkpoint(reply.body, f"the latest checkpoint of {witness.name}")
            is_ours = latest.origin == origin and any(_bears(latest, key) for key in self._log_keys)
            return latest if is_ours else Missing("shows a checkpoint that this log did not sign")
        if probe is None:
            return Missing(f"shows no latest checkpoint ({reply.status})")
        size = _read_size(self._send("POST", f"{witness.url}/add-checkpoint", probe, self._wait_seconds))
        return Missing(f"shows no latest checkpoint ({reply.status})") if size is None else size

    def _ask(self, witness: Witness, checkpoint: Checkpoint, note: bytes, prove: Prove) -> bytes | Missing:
        """One cosignature line; the witness's own word about the size that it has seen is followed once."""
        old_size = self._seen.get(witness.name, 0)
        reply = self._send_checkpoint(witness, old_size, prove, note)
        seen = _read_size(reply)
        if seen is not None and seen <= checkpoint.size:
            old_size = seen
            reply = self._send_checkpoint(witness, old_size, prove, note)
            seen = _read_size(reply)
        if seen is not None and seen > checkpoint.size:
            raise HistoryConflict(_spell_ahead(witness, seen, checkpoint.size, is_shown=False))
        if reply.status == 200:
            return read_cosignature(witness, checkpoint, reply.body)
        if reply.status == 422 or (reply.status == 409 and seen is None):
            raise HistoryConflict(
                f"the witness {witness.name} says that the {old_size} entries that it cosigned before are not the first of these "
                f"{checkpoint.size}: this is another history. Nothing is shown; compare the ledger with a published folder"
            )
        text = "".join(sign if sign.isprintable() else " " for sign in reply.body[:200].decode(errors="replace")).strip()
        return Missing(f"answered {reply.status} {text}".strip())


def judge_latest(witness: Witness, latest: Checkpoint, size: int, root_at: RootAt) -> None:
    """HistoryConflict unless the log extends a checkpoint that it signed itself and that a witness shows."""
    if latest.size > size:
        raise HistoryConflict(_spell_ahead(witness, latest.size, size, is_shown=True))
    root = EMPTY_ROOT if latest.size == 0 else root_at(latest.size)
    if root != latest.root:
        raise HistoryConflict(
            f"the witness {witness.name} shows a checkpoint of {latest.size} entries, signed by this log, whose root is not that of this "
            "ledger's entries: the log's key signed another history. Nothing is signed; keep that checkpoint as evidence"
        )


def read_cosignature(witness: Witness, checkpoint: Checkpoint, body: bytes) -> bytes | Missing:
    """The line of the witness's own key in its answer, verified; lines of other keys are ignored."""
    for line in body.decode(errors="replace").splitlines():
        parts = _signature_line.fullmatch(line)
        if parts is None or parts[1] != witness.key.name:
            continue
        raw = decode_base64(parts[2], f"the answer of {witness.name}")
        if raw[:4] != witness.key.id():
            continue
        seconds, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
        if not 0 < seconds < 1 << 63:
            return Missing("answered a cosignature without a time")
        if not is_signed(witness.key.public, format_cosigned(checkpoint.body, seconds), signature):
            return Missing("answered a cosignature that does not verify under its vkey")
        return format_signature_line(witness.key, raw[4:])
    return Missing("answered no cosignature by the key in its vkey")


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """A redirection is an answer like any other: a witness is asked at its own address only."""


def send_over_http(method: str, url: str, body: bytes | None, seconds: float) -> Reply:
    """One request; what is answered beyond 64 kB is cut off."""
    request = Request(url, data=body, method=method, headers={"Content-Type": "text/plain; charset=utf-8"})
    try:
        with build_opener(_NoRedirect).open(request, timeout=seconds) as reply:
            return Reply(reply.status, reply.headers.get("Content-Type", ""), reply.read(MAX_ANSWER_BYTES))
    except HTTPError as refused:
        with refused:
            return Reply(refused.code, refused.headers.get("Content-Type", ""), refused.read(MAX_ANSWER_BYTES))


def _run(future: Future[object], ask: Callable[[Witness], object], witness: Witness) -> None:
    try:
        future.set_result(ask(witness))
    except BaseException as problem:
        future.set_exception(problem)


def _read_size(reply: Reply) -> int | None:
    if reply.status != 409 or reply.content_type.partition(";")[0].strip() != SIZE:
        return None
    found = _size_line.fullmatch(reply.body)
    return int(found[1]) if found else None


def _bears(checkpoint: Checkpoint, key: Key) -> bool:
    try:
        return read_signature(checkpoint, key, "") is not None
    except Wrong:
        return False


def _spell_ahead(witness: Witness, seen: int, size: int, *, is_shown: bool) -> str:
    """What a witness that is ahead means; one that only says so may err, and its operator must be able to show it."""
    says = "has cosigned" if is_shown else "says that it has cosigned"
    doubt = "" if is_shown else ". Ask it for that checkpoint: if it has none that this log signed, it errs"
    return (
        f"the witness {witness.name} {says} {seen} entries of this log, and the ledger's database holds {size}: an older copy of it was "
        f"restored. Restore the newest copy, or rebuild the ledger from a published folder{doubt}"
    )
