"""Commands for people's offices and keys: ``office`` and, of ``key``, ``enrol``, ``rotate``, ``recover``, ``revoke``, ``watch``.

Each drafts one message of the contract ``identity`` from what the ledger knows, and sends it or keeps it for others to sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from prasasti import bootstrap
from prasasti.cli.founding import key as key_commands
from prasasti.cli.recording import (
    HOUR_SECONDS,
    draft_message,
    read_documents,
    read_public_key,
    report_answer,
    send_or_keep,
    split_signer,
)
from prasasti.cli.shell import REFUSED, accept_clock_option, command, ledger_option, open_key, open_to_write, shell
from prasasti.contracts.identity.parameters import END_REASONS, OBJECTION_REASONS
from prasasti.contracts.identity.records import RecoveryRecord, recovery_key
from prasasti.contracts.offices import PAYMENT_ROLES, find_person_of_key, key_key
from prasasti.core.entries import Receipt
from prasasti.core.genesis import KeyRecord
from prasasti.services.audited_log import LedgerLog, PublishedLog, open_source
from prasasti.services.ledger import Ledger
from prasasti.services.submitting import DraftProblem
from prasasti.services.watching import Act, list_acts, select_since

REGISTRAR, HOLDER, NEW_KEY = "identity.registrar", "identity.holder", "identity.new_key"
DAY_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
KEY_HELP = "a key file, ssh-agent:…, pkcs11:…, or a public key that signs later"

registrar_option = click.option(
    "--registrar", "-r", "registrars", multiple=True, required=True, metavar="KEY", help=f"A registrar who signs: {KEY_HELP}."
)


def sending(function: Callable[..., None]) -> Callable[..., None]:
    """Options of every command that sends a message."""
    for option in reversed((
        click.option("--draft", type=click.Path(path_type=Path), metavar="FILE", help="Write the envelope to FILE, for others to sign."),
        click.option(
            "--expires", type=click.IntRange(1, 604_800), default=HOUR_SECONDS, show_default=True, help="Seconds until it is void."
        ),
        ledger_option,
        accept_clock_option,
    )):  # fmt: skip
        function = option(function)
    return function


@click.group()
def office() -> None:
    """Give, move and end people's offices. Which exclude one another: contracts/identity/RULES.md.

    \b
    prasasti office add treasury.payer --key officer.age --until 2027-12-31 -r registrar.age
    prasasti office end treasury.payer --key officer.age -r registrar.age
    """


@office.command()
@click.argument("role")
@click.option("--key", "location", required=True, metavar="KEY", help="Whose office: a key file or a public key.")
@click.option("--until", required=True, type=click.DateTime(DAY_FORMATS), help="When it ends, UTC.")
@click.option("--registrar", "-r", "registrars", multiple=True, metavar="KEY", help=f"A registrar who signs: {KEY_HELP}.")
@click.option("--delegate-from", "giver", metavar="KEY", help="Instead of a registrar: the holder who shares the office.")
@sending
@command
def add(
    role: str, location: str, until: datetime, registrars: tuple[str, ...], giver: str | None, ledger_folder: Path, **sending: Any
) -> None:
    """Give a key the office ROLE until a date, or change the date.

    \b
    prasasti office add procurement.officer --key officer.age --until 2027-12-31 -r registrar.age
    prasasti office add procurement.officer --key deputy.age --until 2026-12-31 --delegate-from officer.age
    """
    if bool(registrars) == (giver is not None):
        raise click.UsageError("give --registrar, or --delegate-from")
    with _writing(ledger_folder, sending) as send:
        arguments = {"key": _read_public_key(send.ledger, location), "role": role, "until": _read_time(until)}
        if giver is not None:
            send("identity.delegate_office", arguments, (HOLDER, giver))
        else:
            send("identity.grant_office", arguments, *((REGISTRAR, each) for each in registrars))


@office.command()
@click.argument("role")
@click.option("--from", "old", required=True, metavar="KEY", help="Who has the office now.")
@click.option("--to", "new", required=True, metavar="KEY", help="Who is to have it.")
@click.option("--until", required=True, type=click.DateTime(DAY_FORMATS), help="When it ends for the new holder, UTC.")
@registrar_option
@ledger_option
@accept_clock_option
@command
def move(role: str, old: str, new: str, until: datetime, registrars: tuple[str, ...], ledger_folder: Path, accept_clock: bool) -> None:
    """Give the office ROLE to one key and end it for another: two messages, the second only when the first was accepted.

    \b
    prasasti office move procurement.officer --from old.age --to new.age --until 2027-12-31 -r registrar.age
    """
    with _writing(ledger_folder, {"accept_clock": accept_clock, "draft": None, "expires": HOUR_SECONDS}) as send:
        given = {"key": _read_public_key(send.ledger, new), "role": role, "until": _read_time(until)}
        # A crash between the two leaves both with the office; 'office end' finishes it.
        if send.first("identity.grant_office", given, *((REGISTRAR, each) for each in registrars)):
            shell().say("office.given", role=role, key=given["key"])
            send("identity.end_office", {"key": _read_public_key(send.ledger, old), "role": role}, (REGISTRAR, registrars[0]))


@office.command(name="end")
@click.argument("role")
@click.option("--key", "location", required=True, metavar="KEY", help="Whose office: a key file or a public key.")
@click.option("--registrar", "-r", metavar="KEY", help="The registrar who signs; otherwise the key itself does.")
@sending
@command
def end_office(role: str, location: str, registrar: str | None, ledger_folder: Path, **sending: Any) -> None:
    """End the office ROLE of a key, at once.

    \b
    prasasti office end procurement.officer --key officer.age -r registrar.age
    """
    with _writing(ledger_folder, sending) as send:
        signer = (REGISTRAR, registrar) if registrar is not None else (HOLDER, location)
        send("identity.end_office", {"key": _read_public_key(send.ledger, location), "role": role}, signer)


@key_commands.command()
@click.argument("location", metavar="KEY")
@click.option("--organisation", required=True, metavar="ID", help="For whom it acts.")
@click.option("--handle", required=True, metavar="ID", help="The person's pseudonym there: no name, no number.")
@click.option("--role", "roles", multiple=True, required=True, help="A role; docs/messages-and-roles.md lists them.")
@click.option("--until", type=click.DateTime(DAY_FORMATS), help="When its offices end, UTC; otherwise after the longest time allowed.")
@registrar_option
@sending
@command
def enrol(
    location: str, organisation: str, handle: str, roles: tuple[str, ...], until: datetime | None, registrars: tuple[str, ...],
    ledger_folder: Path, **sending: Any,
) -> None:  # fmt: skip
    """Register a new KEY, which signs itself, for a person of an organisation.

    \b
    prasasti key enrol officer.age --organisation agency-1 --handle officer-7 \\
        --role procurement.officer --until 2027-12-31 -r registrar.age
    """
    with _writing(ledger_folder, sending) as send:
        public = _read_public_key(send.ledger, location)
        arguments: dict[str, Any] = {"handle": handle, "key": public, "organisation": organisation, "roles": sorted({*roles})}
        if until is not None:
            arguments["until"] = _read_time(until)
        send("identity.register_key", arguments, *((REGISTRAR, each) for each in registrars), (NEW_KEY, location))


@key_commands.command()
@click.argument("old")
@click.argument("new")
@sending
@command
def rotate(old: str, new: str, ledger_folder: Path, **sending: Any) -> None:
    """Let the key NEW take the place of OLD, which ends: same person, offices, dates.

    \b
    prasasti key rotate officer.age officer-2027.age
    """
    with _writing(ledger_folder, sending) as send:
        former = _read_public_key(send.ledger, old)
        record = _find_key(send.ledger, former)
        arguments = _describe(record, _read_public_key(send.ledger, new), former) | {"roles": record.roles}
        send("identity.rotate_key", arguments, (HOLDER, old), (NEW_KEY, new))


@key_commands.command()
@click.argument("location", metavar="KEY")
@click.option("--registrar", "-r", metavar="KEY", help="The registrar who signs; otherwise the key itself does.")
@click.option("--reason", type=click.Choice(END_REASONS), default="other", show_default=True, help="Why.")
@click.option("--suspect-since", type=click.DateTime(DAY_FORMATS), help="From when on somebody else may have signed with it, UTC.")
@sending
@command
def revoke(location: str, registrar: str | None, reason: str, suspect_since: datetime | None, ledger_folder: Path, **sending: Any) -> None:
    """End a KEY at once. What it signed stays; --suspect-since opens a review of it.

    \b
    prasasti key revoke officer.age --reason replaced
    prasasti key revoke 8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c -r registrar.age \\
        --reason stolen --suspect-since 2026-11-01
    """
    with _writing(ledger_folder, sending) as send:
        arguments: dict[str, Any] = {"key": _read_public_key(send.ledger, location), "reason": reason}
        if suspect_since is not None:
            arguments["suspect_since"] = _read_time(suspect_since)
        send("identity.end_key", arguments, (REGISTRAR, registrar) if registrar is not None else (HOLDER, location))


@key_commands.group()
def recover() -> None:
    """Put a new key in the place of a lost one: announce, wait for objections, complete.

    \b
    prasasti key recover announce OLD new.age --id r-1 -d identified.pdf:application/pdf \\
        -s identity.registrar=other.age -s identity.registrar=third.age
    prasasti key recover object r-1 --signer identity.holder=old.age
    prasasti key recover complete r-1 new.age --signer anybody.age
    """


@recover.command()
@click.argument("old")
@click.argument("new")
@click.option("--id", "recovery", required=True, metavar="ID", help="A name for this recovery.")
@click.option("--document", "-d", required=True, metavar="FILE[:MEDIA/TYPE]", help="Who identified the person, and how.")
@click.option("--signer", "-s", "signers", multiple=True, required=True, metavar="ROLE=KEY", help=f"Who vouches: KEY is {KEY_HELP}.")
@sending
@command
def announce(old: str, new: str, recovery: str, document: str, signers: tuple[str, ...], ledger_folder: Path, **sending: Any) -> None:
    """Announce that NEW is to take the place of the lost key OLD.

    \b
    prasasti key recover announce OLD new.age --id r-1 -d identified.pdf:application/pdf \\
        -s identity.registrar=other-member.age -s governance.auditor=auditor.age --draft recovery.json
    """
    with _writing(ledger_folder, sending) as send:
        [stored] = send.ledger.documents.put(read_documents((document,)))
        arguments = {
            "document": msgspec.to_builtins(stored),
            "key": _read_public_key(send.ledger, new), "old": _read_public_key(send.ledger, old), "recovery": recovery,
        }  # fmt: skip
        send("identity.announce_recovery", arguments, *(split_signer(each) for each in signers))


@recover.command(name="object")
@click.argument("recovery", metavar="ID")
@click.option("--signer", "-s", required=True, metavar="ROLE=KEY", help="The old key as identity.holder, or another registrar.")
@click.option("--reason", type=click.Choice(OBJECTION_REASONS), default="key_not_lost", show_default=True, help="Why.")
@sending
@command
def object_to(recovery: str, signer: str, reason: str, ledger_folder: Path, **sending: Any) -> None:
    """Object to the recovery ID: it is off.

    \b
    prasasti key recover object r-1 -s identity.holder=officer.age
    """
    with _writing(ledger_folder, sending) as send:
        send("identity.object_recovery", {"reason": reason, "recovery": recovery}, split_signer(signer))


@recover.command()
@click.argument("recovery", metavar="ID")
@click.argument("new")
@click.option("--signer", "-s", required=True, metavar="KEY", help=f"Any key that is registered: {KEY_HELP}.")
@sending
@command
def complete(recovery: str, new: str, signer: str, ledger_folder: Path, **sending: Any) -> None:
    """Complete the recovery ID with the NEW key, with the offices that the lost one has today.

    \b
    prasasti key recover complete r-1 new.age -s officer.age
    """
    with _writing(ledger_folder, sending) as send:
        ledger = send.ledger
        announced = ledger.state.get(recovery_key(recovery), RecoveryRecord)
        if announced is None:
            raise DraftProblem(f"no recovery {recovery} was announced on this ledger")
        record = _find_key(ledger, announced.old)
        held = find_person_of_key(ledger.state, ledger.genesis, announced.old).held_back
        roles = [role for role in record.roles if role not in PAYMENT_ROLES]
        held_back = sorted({*record.roles, *(each.role for each in held if each.key == announced.old)} - {*roles})
        arguments = _describe(record, _read_public_key(ledger, new), announced.old)
        arguments |= {"held_back": held_back, "recovery": recovery, "roles": roles}
        send("identity.complete_recovery", arguments, (HOLDER, signer), (NEW_KEY, new))


@key_commands.command()
@click.argument("public_key", metavar="KEY")
@click.option("--published", metavar="FOLDER|URL", help="Read a published log instead of the ledger's own.")
@click.option("--since", metavar="TIME|ENTRY", help="Exit 1 if it signed anything since then: 2026-11-01, or an entry's number.")
@ledger_option
@command
def watch(public_key: str, published: str | None, since: str | None, ledger_folder: Path) -> None:
    """List everything that KEY, a public key, ever signed; with --since, only what is new.

    \b
    prasasti key watch 8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c --published https://ledger.example/
    prasasti key watch 8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c --since 2026-11-01

    Exit 1 where --since is given and it signed something since: for a timer that warns its owner.
    """
    out, public = shell(), read_public_key(public_key)
    if public is None:
        raise click.UsageError("KEY is a public key in hex; 'prasasti key show FILE' prints it")
    first = _read_since(since) if since is not None else None
    if published is not None:
        acts = list_acts(PublishedLog(open_source(published)).entries(), public)
    else:
        with bootstrap.open_for_reading(ledger_folder) as ledger:
            acts = list_acts(LedgerLog(ledger.database, ledger.documents).entries(), public)
    if first is not None:
        acts = select_since(acts, first[0], is_position=first[1])
    out.say("watch.none" if not acts else "watch.some", count=len(acts))
    if acts:
        headings = [out.words(f"watch.{name}") for name in ("entry", "time", "action", "role", "finding")]
        out.table(headings, [_show_act(act) for act in acts], right=(0,))
    out.finish({"key": public, "acts": [asdict(act) for act in acts]}, REFUSED if acts and first is not None else 0)


class _Sender:
    """Sends messages to an opened ledger, as the command's options say."""

    def __init__(self, ledger: Ledger, options: dict[str, Any]) -> None:
        self.ledger = ledger
        self._draft: Path | None = options["draft"]
        self._expires: int = options["expires"]

    def __call__(self, action: str, arguments: dict[str, Any], *signers: tuple[str, str]) -> None:
        """Send a message, or keep it; either ends the command."""
        send_or_keep(shell(), self.ledger, self._sign(action, arguments, signers), self._draft)

    def first(self, action: str, arguments: dict[str, Any], *signers: tuple[str, str]) -> bool:
        """Send a message that another follows: whether it was accepted. If not, what became of it ends the command."""
        envelope = self._sign(action, arguments, signers)
        answer = self.ledger.submit([envelope])[0]
        if isinstance(answer, Receipt) and answer.refusal is None:
            return True
        report_answer(shell(), self.ledger, envelope, answer)
        return False

    def _sign(self, action: str, arguments: dict[str, Any], signers: Sequence[tuple[str, str]]) -> bytes:
        return draft_message(self.ledger, action, arguments, signers, self._expires)


@contextmanager
def _writing(ledger_folder: Path, options: dict[str, Any]) -> Iterator[_Sender]:
    with open_to_write(ledger_folder, options["accept_clock"]) as ledger:
        yield _Sender(ledger, options)


def _read_public_key(ledger: Ledger, location: str) -> str:
    """The public key that a location is or holds, in hex."""
    return read_public_key(location) or open_key(location, ledger).public_key.hex()


def _read_time(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


def _read_since(text: str) -> tuple[int, bool]:
    """A log position (True) or a time (False)."""
    if text.isascii() and text.isdigit():
        return int(text), True
    return _read_time(click.DateTime(DAY_FORMATS).convert(text, None, None)), False


def _find_key(ledger: Ledger, public: str) -> KeyRecord:
    record = ledger.state.get(key_key(public), KeyRecord)
    if record is None:
        raise DraftProblem(f"the key {public} is not registered on this ledger")
    return record


def _describe(record: KeyRecord, new: str, old: str) -> dict[str, Any]:
    """What a key that takes another's place says of the person."""
    return {"handle": record.handle, "key": new, "old": old, "organisation": record.organisation}


def _show_act(act: Act) -> list[str]:
    out = shell()
    return [str(act.position), out.time(act.time), act.action, act.role, out.words(f"watch.{act.finding}") if act.finding else ""]
