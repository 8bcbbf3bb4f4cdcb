"""Errors as RFC 9457 problem details, in the reader's language. Owns which code means which HTTP status.

The words come from outside, by key: ``serve.<code>`` for the node's own, ``admission.<n>`` and ``refusal.<number>`` for
the ledger's. A code never changes its meaning; words may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from prasasti.core.admission import Inadmissible
from prasasti.core.entries import Receipt

LANGUAGES = ("en", "id")
MEDIA_TYPE = "application/problem+json"
PROBLEMS_PATH = "/v1/problems/"
MAX_DETAIL_CHARACTERS = 500

STATUSES: Mapping[str, int] = {
    "malformed": 400,
    "no_key_of_the_state": 400,
    "not_found": 404,
    "not_recorded": 404,
    "not_allowed": 405,
    "slow": 408,
    "too_large": 413,
    "too_many": 413,
    "media_type": 415,
    "document_differs": 422,
    "document_not_named": 422,
    "too_often": 429,
    "actor_quota": 429,
    "client_share": 429,
    "bug": 500,
    "storage": 500,
    "queue_full": 503,
    "memory_full": 503,
    "readers_full": 503,
    "crowded": 503,
    "stopping": 503,
    "halted": 503,
    "clock": 503,
    "not_published": 503,
    "disk_full": 507,
}
ADMISSION_STATUSES: Mapping[str, int] = {
    "admission.1": 413,
    "admission.2": 400,
    "admission.3": 422,
    "admission.4": 422,
    "admission.5": 422,
    "admission.6": 409,
    "admission.7": 403,
    "admission.8": 403,
    "admission.9": 403,
    "admission.10": 422,
    "admission.11": 422,
    "admission.12": 429,
}
REFUSED_STATUS = 409
QUOTA_RETRY_SECONDS = 600


class Words(Protocol):
    """The words of one language (``cli.catalogue.Catalogue``)."""

    def __call__(self, key: str, /, **facts: object) -> str: ...

    def find(self, key: str, default: str) -> str: ...


WordsByLanguage = Mapping[str, Words]


class Problem(Exception):
    """A request that is not done. ``code`` is the problem's, ``detail`` says what was found, in English, for developers."""

    def __init__(
        self, code: str, detail: str = "", *, status: int = 0, retry_seconds: int = 0,
        headers: Mapping[str, str] | None = None, **extra: Any,
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.code = code
        self.detail = detail[:MAX_DETAIL_CHARACTERS]
        self.status = status or STATUSES.get(code) or ADMISSION_STATUSES.get(code) or REFUSED_STATUS
        self.retry_seconds = retry_seconds
        self.headers = dict(headers or {})
        self.extra = extra

    def describe(self, words: Words) -> dict[str, Any]:
        """Problem details (RFC 9457) in one language; ``code`` is a member of our own."""
        described: dict[str, Any] = {
            "type": PROBLEMS_PATH + self.code,
            "title": find_words(self.code, words),
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            described["detail"] = self.detail
        return described | self.extra

    def encode(self, words: Words) -> bytes:
        """The details as JSON."""
        return msgspec.json.encode(self.describe(words))


def find_words(code: str, words: Words) -> str:
    """What a code means."""
    if code in STATUSES:
        return words(f"serve.{code}")
    if code in ADMISSION_STATUSES:
        return words(code)
    return words.find(f"refusal.{code.replace('.', '_')}", code)


def explain_answer(answer: Receipt | Inadmissible) -> Problem | None:
    """The problem that an answer of the ledger is, or None where the transaction was accepted."""
    if isinstance(answer, Inadmissible):
        retry_seconds = QUOTA_RETRY_SECONDS if answer.code == "admission.12" else 0
        return Problem(answer.code, answer.found, retry_seconds=retry_seconds)
    if answer.refusal is not None:
        return Problem(answer.refusal.number, status=REFUSED_STATUS, number=answer.refusal.number, receipt=answer)
    return None


def choose_language(accept_language: str) -> str:
    """The language that an Accept-Language field (RFC 9110, 12.5.4) weighs highest among ours; English where none."""
    best, best_weight = LANGUAGES[0], 0.0
    for each in accept_language[:1_000].split(","):
        tag, _, parameter = each.partition(";")
        language = tag.strip().lower().split("-")[0]
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best
