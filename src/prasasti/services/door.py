"""The node's door: what stands in front of admission and never in consensus (ledger-core: admission).

Owns two rules: every document of an envelope is stored and not withheld, and no personal data goes in.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import ValidationError

from prasasti.contracts.governance.records import WithheldRecord, withheld_key
from prasasti.core.contract import View
from prasasti.core.envelope import Transaction
from prasasti.core.types import find_documents
from prasasti.services.personal_data import find_personal_data, is_surely_free
from prasasti.storage.documents import DocumentStore


def make_door(documents: DocumentStore) -> Callable[[Transaction, View], str | None]:
    """A door over a document store: why a transaction does not pass, or None."""

    def judge(transaction: Transaction, view: View) -> str | None:
        arguments = transaction.payload.arguments
        for path, what in () if is_surely_free(arguments) else find_personal_data(arguments):
            return f"{path} looks like {what}; personal data never goes on the ledger"
        try:
            named = list(find_documents(arguments))
        except ValidationError as problem:
            return f"the arguments name a document in a form that none has: {problem}"
        for document in named:
            if view.get(withheld_key(document.sha256), WithheldRecord) is not None:
                return f"document {document.sha256} is withheld and cannot be named again"
            if not documents.has(document):
                return f"document {document.sha256} of {document.size} bytes ({document.media_type}) is not stored; send it first"
        return None

    return judge
