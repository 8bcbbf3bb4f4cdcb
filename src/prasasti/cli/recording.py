"""The command that records a message, ``submit``, and the one that signs it on a machine without a ledger, ``sign``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import click

from prasasti.cli.clauses import find_clause
from prasasti.cli.shell import (
    REFUSED,
    Shell,
    accept_clock_option,
    ask_passphrase,
    command,
    ledger_option,
    open_key,
    open_to_write,
    shell,
)
from prasasti.core.admission import Inadmissible
from prasasti.core.contract import find_message
from prasasti.core.encoding import decode_strict
from prasasti.core.entries import Receipt
from prasasti.core.envelope import compute_id, decode_envelope
from prasasti.core.genesis import compute_chain, decode_genesis
from prasasti.integrations.signers import open_signer
from prasasti.services.ledger import Answer, Ledger
from prasasti.services.submitting import DraftProblem, Signing, add_signature, draft_payload, list_missing_signers, read_draft, sign_payload

HOUR_SECONDS = 3_600
_public_key = re.compile("[0-9a-fA-F]{64}")
# Who adds a signature may say the role, which the envelope names anyway. An equals sign further on is the location's own.
_naming_role = re.compile(r"\A[a-z_]+\.[a-z_]+=")


@click.command()
@click.argument("action", required=False)
@click.option("--arguments", "-a", metavar="JSON|@FILE", help="The message's arguments, as JSON or in a file.")
@click.option(
    "--signer",
    "-s",
    "signers",
    multiple=True,
    metavar="ROLE=KEY",
    help="A signer: KEY is a file, ssh-agent:…, pkcs11:…, or a public key that signs later. The first one's organisation acts.",
)
@click.option("--document", "-d", "documents", multiple=True, metavar="FILE[:MEDIA/TYPE]", help="Store a document first.")
@click.option("--envelope", type=click.Path(path_type=Path, exists=True), help="Send this envelope; with --signer, sign it first.")
@click.option("--draft", type=click.Path(path_type=Path), metavar="FILE", help="Write the envelope to FILE instead of sending it.")
@click.option("--expires", type=click.IntRange(1, 604_800), default=HOUR_SECONDS, show_default=True, help="Seconds until it is void.")
@ledger_option
@accept_clock_option
@command
def submit(
    action: str | None, arguments: str | None, signers: tuple[str, ...], documents: tuple[str, ...], envelope: Path | None,
    draft: Path | None, expires: int, ledger_folder: Path, accept_clock: bool,
) -> None:  # fmt: skip
    """Sign a message and record it, or sign for others to go on.

    \b
    prasasti submit governance.advance_clock -a '{"seconds": 60}' \\
        -s governance.officer=ledger/keys/agency-1-officer.training.seed
    prasasti submit identity.register_key -a @new-officer.json \\
        -s identity.registrar=registrar.age -s identity.new_key=officer.age
    prasasti submit --envelope draft.json -s governance.auditor=auditor.age
    """
    if (action is None) == (envelope is None):
        raise click.UsageError("give an ACTION with --arguments, or --envelope FILE")
    out = shell()
    with open_to_write(ledger_folder, accept_clock) as ledger:
        stored = ledger.documents.put(read_documents(documents))
        for document in stored:
            out.say("submit.stored", document=f"{document.sha256} {document.size} {document.media_type}")
        if envelope is not None:
            data = envelope.read_bytes()
            if signers:
                _say_payload(out, data)
            for each in signers:
                data = add_signature(data, open_key(_naming_role.sub("", each), ledger))
        else:
            data = draft_message(ledger, action or "", read_arguments(arguments), [split_signer(each) for each in signers], expires)
        send_or_keep(out, ledger, data, draft)


@click.command()
@click.argument("envelope", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--signer", "-s", "location", required=True, metavar="KEY", help="Who signs: a key file, ssh-agent:…, pkcs11:….")
@click.option("--to", "target", type=click.Path(path_type=Path), metavar="FILE", help="Where it goes; in place of the draft unless named.")
@click.option(
    "--genesis",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE",
    help="The ledger's genesis.json: no draft for another ledger is signed. Keys in clear sign with it alone, for training.",
)
@click.option("--yes", "-y", is_flag=True, help="Sign without asking.")
@command
def sign(envelope: Path, location: str, target: Path | None, genesis: Path | None, yes: bool) -> None:
    """Sign a draft on a machine that has neither ledger nor network.

    The draft comes from '--draft FILE' of any command that writes; who signs last hands it to 'submit --envelope'.

    \b
    prasasti submit procurement.ask_question -a @question.json -s procurement.bidder=PUBLICKEY --draft draft.json
    prasasti sign draft.json -s bidder.age
    prasasti submit --envelope draft.json
    """
    out, data = shell(), envelope.read_bytes()
    _say_payload(out, data)
    is_training = _is_for_training(data, genesis)
    if not yes and (out.as_json or not click.confirm(out.words("procuring.ask_sign"), err=True)):
        out.say("procuring.nothing_signed")
        out.finish({"missing_signers": list_missing_signers(data)}, REFUSED)
    signer = open_signer(_naming_role.sub("", location), lambda: ask_passphrase(location), training=is_training)
    keep_envelope(out, add_signature(data, signer), target or envelope)


def _is_for_training(envelope: bytes, genesis: Path | None) -> bool:
    """Whether a draft is for the training ledger of this genesis; DraftProblem where it is for another ledger than this one."""
    if genesis is None:
        return False
    given = genesis.read_bytes()
    if read_draft(envelope)[2].chain != compute_chain(given):
        raise DraftProblem(f"the draft is for another ledger than that of {genesis}; nothing was signed")
    return decode_genesis(given).training


def send_or_keep(out: Shell, ledger: Ledger, envelope: bytes, draft: Path | None) -> None:
    """Send an envelope and say what became of it, or write it to a file for others to sign; either ends the command."""
    if draft is None:
        report_answer(out, ledger, envelope, ledger.submit([envelope])[0])
        return
    keep_envelope(out, envelope, draft)


def keep_envelope(out: Shell, envelope: bytes, draft: Path) -> None:
    """Write an envelope to a file and say who has still to sign; it ends the command."""
    draft.write_bytes(envelope)
    missing = list_missing_signers(envelope)
    if missing:
        out.say("submit.drafted", path=draft, missing=", ".join(missing))
    else:
        out.say("submit.complete", path=quote(str(draft)))
    out.finish({"envelope": str(draft), "missing_signers": missing})


def draft_message(ledger: Ledger, action: str, arguments: dict[str, Any], signers: Sequence[tuple[str, str]], expires: int) -> bytes:
    """A message signed by those of the signers (role and location of the key) whose keys are at hand; DraftProblem."""
    if find_message(ledger.registry, action) is None:
        known = ", ".join(sorted(f"{name}.{message.name}" for name, contract in ledger.registry.items() for message in contract.messages))
        raise DraftProblem(f"this ledger has no action {action}; it has {known}")
    keys: list[tuple[bytes, str]] = []
    signings: list[Signing] = []
    for role, location in signers:
        public = read_public_key(location)
        if public is not None:
            keys.append((bytes.fromhex(public), role))
            continue
        signer = open_key(location, ledger)
        keys.append((signer.public_key, role))
        signings.append(Signing(signer, role))
    payload = draft_payload(ledger, action, arguments, keys, ledger.now() + expires)
    return sign_payload(payload, signings)


def split_signer(text: str) -> tuple[str, str]:
    """Role and location of ROLE=KEY; DraftProblem."""
    role, equals, location = text.partition("=")
    if not equals:
        raise DraftProblem(f"--signer takes ROLE=KEY, not {text}")
    return role, location


def read_public_key(text: str) -> str | None:
    """The public key that a text is, in hex; None of a location."""
    return text.lower() if _public_key.fullmatch(text) is not None else None


def _say_payload(out: Shell, envelope: bytes) -> None:
    """What an envelope of somebody else's asks, before a key signs it."""
    _, _, payload = read_draft(envelope)
    out.say("submit.signing", action=payload.action, actor=payload.actor)
    for line in json.dumps(payload.arguments, ensure_ascii=False, indent=2).splitlines():
        out.line(line)


def read_arguments(arguments: str | None) -> dict[str, Any]:
    given = arguments or "{}"
    text = Path(given[1:]).read_bytes() if given.startswith("@") else given.encode("utf-8", "surrogateescape")
    value = decode_strict(text)
    if not isinstance(value, dict):
        raise DraftProblem("the arguments are a JSON object")
    return value


def read_documents(documents: tuple[str, ...]) -> list[tuple[bytes, str]]:
    """Bytes and media type of files named FILE[:MEDIA/TYPE], JSON unless named."""
    read = []
    for each in documents:
        name, _, media_type = each.partition(":")
        read.append((Path(name).read_bytes(), media_type or "application/json"))
    return read


def report_answer(out: Shell, ledger: Ledger, envelope: bytes, answer: Answer) -> None:
    """Say what became of an envelope, and end with its exit code."""
    if isinstance(answer, Inadmissible):
        words = out.words(answer.code)
        position = None
        if answer.code == "admission.6":
            position = ledger.database.find_position(compute_id(decode_envelope(envelope)[1]))
        if position is not None:
            out.say("submit.known", position=position)
            out.finish({"known": position})
            return
        out.say("submit.inadmissible", code=answer.code, words=words, found=answer.found)
        out.finish({"inadmissible": answer.code, "found": answer.found}, REFUSED)
        return
    _report_receipt(out, ledger, answer)


def _report_receipt(out: Shell, ledger: Ledger, receipt: Receipt) -> None:
    events = json.loads(bytes(receipt.events))
    result: dict[str, Any] = {
        "id": receipt.id, "height": receipt.height, "position": receipt.position, "time": receipt.time, "refusal": None, "events": events,
    }  # fmt: skip
    if receipt.refusal is None:
        out.say("submit.accepted", position=receipt.position, height=receipt.height, time=out.time(receipt.time))
        out.say("submit.id", id=receipt.id)
        for event in events:
            out.say("submit.event", event=json.dumps(event, ensure_ascii=False))
        out.finish(result)
        return
    words = out.words.find(f"refusal.{receipt.refusal.number.replace('.', '_')}", "")
    clause = find_clause(receipt.refusal.number)
    out.say("submit.refused", number=receipt.refusal.number, words=words, position=receipt.position)
    out.say("submit.clause", clause=clause)
    result["refusal"] = {"number": receipt.refusal.number, "words": words, "clause": clause}
    out.finish(result, REFUSED)
