"""Commands of members: ``propose``, ``vote``, and what everybody may read: ``proposals``, ``parameter``."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import click
import msgspec

from prasasti import bootstrap
from prasasti.cli.recording import HOUR_SECONDS, read_arguments, read_documents, report_answer
from prasasti.cli.shell import Shell, accept_clock_option, command, ledger_option, open_key, open_to_write, shell
from prasasti.contracts.governance.parameters import DAY_SECONDS, PROPOSAL_REASONS, VOTE_REASONS
from prasasti.contracts.governance.proposal.messages import Propose
from prasasti.contracts.governance.subjects import SET_PARAMETER
from prasasti.core.encoding import encode_canonical
from prasasti.services.governing import (
    CHOICES,
    ParameterView,
    VoteView,
    compute_shortest_end,
    find_vote,
    list_open_votes,
    look_up_parameter,
    read_draft,
)
from prasasti.services.ledger import Ledger
from prasasti.services.submitting import DraftProblem, Signing, draft_payload, sign_payload

OFFICER = "governance.officer"

signer_option = click.option("--signer", "-s", required=True, metavar="KEY", help="The officer's key: a file, ssh-agent:…, pkcs11:…")


@click.command()
@click.argument("action", required=False)
@click.option("--arguments", "-a", metavar="JSON|@FILE", help="What is to be done: the action's arguments, without its resolution.")
@click.option("--field", "-f", "fields", multiple=True, metavar="t:TEXT|h:HASH", help="What another contract adopts, in its rules' order.")
@click.option("--name", metavar="SORT.ID", help="Adopt the document under a name: charter., release., review. or standard.")
@click.option("--document", "-d", "documents", multiple=True, metavar="FILE[:MEDIA/TYPE]", required=True, help="Why; or what to adopt.")
@click.option("--reason", type=click.Choice(PROPOSAL_REASONS), default="improvement", show_default=True, help="Why, as a code.")
@click.option("--days", type=click.IntRange(1), help="How long votes are taken; as short as may be unless given.")
@click.option("--id", "proposal", metavar="ID", help="An id for the proposal; one is made unless given.")
@signer_option
@ledger_option
@accept_clock_option
@command
def propose(
    action: str | None, arguments: str | None, fields: tuple[str, ...], name: str | None, documents: tuple[str, ...], reason: str,
    days: int | None, proposal: str | None, signer: str, ledger_folder: Path, accept_clock: bool,
) -> None:  # fmt: skip
    """Ask the members to vote on an ACTION, on what a contract shall adopt, or on a document.

    \b
    prasasti propose governance.set_parameter -d why.pdf:application/pdf \\
        -a '{"name": "max_gap_seconds", "value": 600, "effective_from": 1798761600}' \\
        -s ledger/keys/agency-1-officer.training.seed
    prasasti propose --name standard.ocds-1.1 -d standard.pdf:application/pdf -s officer.age
    """
    if (action is None) == (name is None):
        raise click.UsageError("give an ACTION, or --name for a document")
    if len(documents) != 1:
        raise click.UsageError("give one --document")
    out = shell()
    with open_to_write(ledger_folder, accept_clock) as ledger:
        text = "" if action is None or fields else encode_canonical(read_arguments(arguments)).decode()
        given: dict[str, Any] = {
            "action": action or "",
            "arguments": text,
            "document": ledger.documents.put(read_documents(documents))[0],
            "end": 0,
            "fields": list(fields),
            "form": "document" if action is None else "adopt" if fields else "act",
            "name": name or "",
            "proposal": proposal or f"p-{secrets.token_hex(4)}",
            "reason": reason,
        }
        now = ledger.now()
        motion = read_draft(ledger.state, ledger.registry, _convert(given))
        shortest = compute_shortest_end(ledger.state, motion.kind, now)
        end = now + days * DAY_SECONDS if days is not None else shortest
        # A minute more than the shortest: the block that takes it may be sealed a little later.
        given["end"] = end + 60 if end == shortest else end
        out.say("propose.subject", proposal=given["proposal"], kind=out.words(f"vote_kind.{motion.kind}"), end=out.time(given["end"]))
        _send(out, ledger, "governance.propose", given, signer)


@click.command()
@click.argument("proposal")
@click.argument("choice", type=click.Choice(CHOICES))
@click.option("--reason", type=click.Choice(VOTE_REASONS), required=True, help="Why, as a code.")
@click.option("--document", "-d", "documents", multiple=True, metavar="FILE[:MEDIA/TYPE]", help="More reasons, as a document.")
@signer_option
@ledger_option
@accept_clock_option
@command
def vote(proposal: str, choice: str, reason: str, documents: tuple[str, ...], signer: str, ledger_folder: Path, accept_clock: bool) -> None:
    """Vote on a PROPOSAL in a member's name; a later vote takes the place of an earlier one until the end.

    \b
    prasasti vote p-1a2b3c4d yes --reason agreed -s ledger/keys/auditor-1-officer.training.seed
    """
    if len(documents) > 1:
        raise click.UsageError("give at most one --document")
    out = shell()
    with open_to_write(ledger_folder, accept_clock) as ledger:
        found = find_vote(ledger.state, ledger.registry, proposal, ledger.now())
        if found is not None:
            _say_changes(out, found)
        given: dict[str, Any] = {"choice": choice, "proposal": proposal, "reason": reason}
        if documents:
            given["document"] = ledger.documents.put(read_documents(documents))[0]
        _send(out, ledger, "governance.vote", given, signer)


@click.command()
@click.argument("proposal", required=False)
@ledger_option
@command
def proposals(proposal: str | None, ledger_folder: Path) -> None:
    """The open proposals, or one PROPOSAL: what it changes, how each class voted, what it lacks, until when.

    \b
    prasasti proposals --ledger ledger
    prasasti proposals p-1a2b3c4d
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        now = ledger.now()
        if proposal is None:
            found = list_open_votes(ledger.state, ledger.registry, now)
        else:
            one = find_vote(ledger.state, ledger.registry, proposal, now)
            if one is None:
                raise DraftProblem(out.words("proposals.unknown", proposal=proposal))
            found = [one]
    if not found:
        out.say("proposals.none")
    for each in found:
        _say_vote(out, each)
    out.finish({"proposals": [_show_vote(each) for each in found]})


@click.command()
@click.argument("name")
@ledger_option
@command
def parameter(name: str, ledger_folder: Path) -> None:
    """A parameter's value, and every change of it with the vote that made it.

    \b
    prasasti parameter governance.rule.classes --ledger ledger
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        found = look_up_parameter(ledger.state, ledger.registry, name, ledger.now())
    if found is None:
        raise DraftProblem(out.words("parameter.unknown", name=name))
    _say_parameter(out, found)
    coming = None
    if found.coming is not None:
        coming = {"value": found.coming.value, "effective_from": found.coming.effective_from, "resolution": found.coming.resolution}
    changes = [msgspec.structs.asdict(each) for each in found.changes]
    out.finish({"name": name, "value": found.value, "since": found.since, "coming": coming, "changes": changes})


def _convert(given: dict[str, Any]) -> Propose:
    """The arguments as the contract will read them, so that what it cannot read is never signed."""
    try:
        return msgspec.convert(msgspec.to_builtins(given), Propose)
    except msgspec.ValidationError as problem:
        raise DraftProblem(f"{problem}; nothing was signed") from problem


def _send(out: Shell, ledger: Ledger, action: str, given: dict[str, Any], location: str) -> None:
    signer = open_key(location, ledger)
    arguments = msgspec.to_builtins(given)
    payload = draft_payload(ledger, action, arguments, [(signer.public_key, OFFICER)], ledger.now() + HOUR_SECONDS)
    envelope = sign_payload(payload, [Signing(signer, OFFICER)])
    report_answer(out, ledger, envelope, ledger.submit([envelope])[0])


def _say_vote(out: Shell, vote: VoteView) -> None:
    record, words = vote.record, out.words
    out.line("")
    state = words(f"vote_state.{record.state}")
    out.say("proposals.head", proposal=vote.id, kind=words(f"vote_kind.{record.kind}"), proposer=record.proposer, state=state)
    _say_changes(out, vote)
    headings = ["", *(words(f"choice.{choice}") for choice in CHOICES), words("choice.silent"), ""]
    rows = []
    for each in vote.classes:
        stance = "approves" if each.approves else "objects" if each.objects else "undecided"
        counts = [str(each.counts[choice]) for choice in CHOICES]
        rows.append([words(f"member_class.{each.member_class}"), *counts, str(each.silent), words(f"proposals.{stance}")])
    out.table(headings, rows, right=(1, 2, 3, 4, 5))
    if record.state != "open":
        out.say("proposals.closed", time=out.time(record.closed))
        if record.notice_over:
            out.say("proposals.notice", time=out.time(record.notice_over))
        return
    for lack in vote.missing:
        out.say(f"proposals.lacks_{lack.what}", found=lack.found, needed=lack.needed)
    if vote.silent:
        out.say("proposals.silent", members=", ".join(vote.silent))
    out.say("proposals.outcome", outcome=words(f"vote_state.{vote.outcome}"))
    out.say("proposals.held" if record.held else "proposals.until", end=out.time(record.end), decision=", ".join(record.held))


def _say_changes(out: Shell, vote: VoteView) -> None:
    for change in vote.changes:
        out.say("proposals.change", field=change.field, before=_spell(change.before), after=_spell(change.after))
    if vote.record.action == SET_PARAMETER:
        out.say("proposals.effective", time=out.time(json.loads(vote.record.arguments)["effective_from"]))


def _show_vote(vote: VoteView) -> dict[str, Any]:
    record = vote.record
    shown: dict[str, Any] = msgspec.to_builtins(record)
    del shown["roll"]
    return shown | {
        "proposal": vote.id,
        "outcome": vote.outcome,
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in vote.changes],
        "classes": [
            {"class": each.member_class, **each.counts, "silent": each.silent, "approves": each.approves, "objects": each.objects}
            for each in vote.classes
        ],
        "missing": [{"what": each.what, "found": each.found, "needed": each.needed} for each in vote.missing],
        "votes": dict(vote.choices),
        "silent": vote.silent,
    }


def _spell(value: object) -> str:
    return "—" if value is None else json.dumps(value, ensure_ascii=False)


def _say_parameter(out: Shell, found: ParameterView) -> None:
    value = _spell(found.value)
    if found.since is None:
        out.say("parameter.default", name=found.name, value=value)
    else:
        out.say("parameter.value", name=found.name, value=value, since=out.time(found.since))
    for change in found.changes:
        out.say(
            "parameter.change", before=_spell(change.before), after=_spell(change.value), time=out.time(change.effective_from),
            resolution=change.resolution,
        )  # fmt: skip
    if found.coming is not None:
        out.say("parameter.coming", value=_spell(found.coming.value), time=out.time(found.coming.effective_from))
