"""Records of questions to a tender; the process and its lots stand in ``process.py``."""

from __future__ import annotations

from msgspec import Struct

from prasasti.core.types import Document


class QuestionRecord(Struct, frozen=True):
    """A question: asked by whom and when; answered when and by which document, 0 and none before."""

    answer: Document | None
    answered: int
    asked: int
    asker: str
    document: Document


def question_key(process: str, question: str) -> str:
    """Key of a QuestionRecord; each has a home of its own, since anybody may ask."""
    return f"procurement/question/{process}:{question}"
