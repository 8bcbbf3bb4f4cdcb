"""A selection of the test ledger as a ledger's folder, and its log published: what commands and readers open."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import msgspec

from prasasti import bootstrap
from prasasti.integrations.signers import create_training_key
from prasasti.services.publishing import publish_ledger
from prasasti.services.tasks import Found
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.core.ledger import Ledger

LOG_SEED = sha256(b"a test's key: log").digest()


def list_documents(ledger: Ledger) -> dict[str, bytes]:
    """Documents that the rules brought forth, by their hash."""
    return {sha256(body).hexdigest(): body for result in ledger.results for body in result.documents}


def list_entries(ledger: Ledger) -> list[tuple[int, bytes]]:
    """The log, by position."""
    return [(position, entry) for position, (_, entry) in enumerate(entry for result in ledger.results for entry in result.entries)]


def make_folder(ledger: Ledger, folder: Path) -> Path:
    """A ledger's folder as ``--ledger`` takes it."""
    folder.mkdir()
    ledger.database.close()
    shutil.copy(ledger.path, folder / DATABASE_NAME)
    ledger.restart()
    documents = DocumentStore.create(folder / DOCUMENTS_NAME)
    documents.put((body, "application/json") for body in list_documents(ledger).values())
    documents.close()
    return folder


def publish(ledger: Ledger, folder: Path) -> Path:
    """The log as published files."""
    home = make_folder(ledger, folder.with_name(f"{folder.name}-ledger"))
    key = create_training_key(home / "log.training.seed", LOG_SEED)
    with bootstrap.open_for_reading(home) as opened:
        publish_ledger(opened, folder, key)
    return folder


def find_subjects(entries: Iterable[bytes]) -> Found:
    """Everything in a log that may have tasks, over or not: what the read model's answer is held against."""
    found = Found([], [], [], [], [], [])
    named = {
        "procurement.contract_drafted": ("contract", found.contracts), "procurement.report_taken_in": ("report", found.reports),
        "procurement.tender_published": ("process", found.processes), "procurement.violation_notified": ("violation", found.violations),
    }  # fmt: skip
    for data in entries:
        for event in msgspec.json.decode(data)["events"]:
            if event["event"] in named:
                field, listed = named[event["event"]]
                listed.extend([event[field]] if event[field] not in listed else [])  # a contract may be drafted anew
            if event["event"] == "procurement.question_asked":
                found.questions.append((event["process"], event["question"]))
            if event["event"] == "treasury.statement_recorded":
                numbers = range(event["first_item"], event["first_item"] + event["items"])
                found.items.extend(f"treasury-1-{number}" for number in numbers)
    return found
