"""Commands of a selection, one a message: ``plan``, ``tender``, ``proposal``, ``trustee``, ``committee``, ``award`` and the others.

Owns the table of their names. Options come from the messages' own shapes, so that a field more in a message is an option more
here. Each shows what will be recorded, who will see it, what follows, and what the rules would refuse, before it signs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from prasasti.cli.clauses import find_clause
from prasasti.cli.recording import HOUR_SECONDS, report_answer, send_or_keep
from prasasti.cli.shell import COULD_NOT, REFUSED, Shell, accept_clock_option, command, ledger_option, open_key, open_to_write, shell
from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Message, find_message
from prasasti.core.encoding import decode_strict
from prasasti.core.entries import Receipt
from prasasti.core.genesis import KeyRecord
from prasasti.integrations.signers import Signer
from prasasti.readmodel.money import find_decimals
from prasasti.services import selecting
from prasasti.services.ledger import Ledger
from prasasti.services.sealing import SealingProblem, seal_file
from prasasti.services.selecting import Field
from prasasti.services.submitting import DraftProblem, Signing, draft_payload, sign_payload

LONGEST_SHOWN = 68


class Row(NamedTuple):
    """A command: its name below its group, its message, the fields that stand without an option's name, and what is filled in.

    ``sealed``: arguments are made from other options, by the function of that name (``_MAKERS``).
    """

    group: str
    name: str
    action: str
    positional: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = {}
    sealed: str = ""


PROCUREMENT, TREASURY = "procurement.", "treasury."
LOT, PROCESS = ("process", "lot"), ("process",)
ROWS = (
    Row("plan", "announce", "procurement.announce_plan", ("plan",), {"early": False}),
    Row("plan", "change", "procurement.change_plan", ("plan",), {"withdraw": False}),
    Row("tender", "publish", "procurement.publish_tender", PROCESS),
    Row("tender", "ask", "procurement.ask_question", ("process", "question")),
    Row("tender", "answer", "procurement.answer_question", ("process", "question")),
    Row("tender", "amend", "procurement.amend_tender", PROCESS),
    Row("tender", "cancel", "procurement.cancel_tender", PROCESS),
    Row("tender", "fail", "procurement.declare_failed", PROCESS),
    Row("proposal", "submit", "procurement.submit_sealed", LOT, {}, "submission"),
    Row("proposal", "withdraw", "procurement.withdraw_sealed", LOT),
    Row("trustee", "share", "procurement.publish_opening_shares", LOT, {}, "shares"),
    Row("trustee", "confirm", "procurement.confirm_key_destroyed", ("key_id",)),
    Row("committee", "declare", "procurement.declare_interests", PROCESS, {"interests": []}),
    Row("committee", "seat", "procurement.seat", PROCESS),
    Row("committee", "compute", "procurement.note_arithmetic", LOT),
    Row("committee", "check", "procurement.record_requirements", LOT),
    Row("committee", "score", "procurement.submit_scores", LOT, {}, "scores"),
    Row("committee", "vote", "procurement.vote", LOT),
    Row("committee", "miss-file", "procurement.report_file_missing", LOT),
    Row("committee", "find-file", "procurement.confirm_file", LOT),
    Row("award", "notify", "procurement.notify_award", LOT),
    Row("award", "refuse", "procurement.refuse_result", LOT),
    Row("award", "activate", "procurement.activate_award", LOT),
    Row("award", "withdraw", "procurement.withdraw_award", LOT),
    Row("", "complain", "procurement.complain", LOT),
    Row("complaint", "answer", "procurement.answer_complaint", ("process", "complaint")),
    Row("", "appeal", "procurement.appeal", ("process", "complaint")),
    Row("complaint", "review", "procurement.decide_appeal", ("process", "appeal")),
    Row("", "decide", "procurement.decide"),
    Row("contract", "draft", "procurement.draft_contract", ("contract",)),
    Row("contract", "sign", "procurement.sign_contract", ("contract",), {}, "signature"),
    Row("guarantee", "register", "procurement.register_guarantee", ("guarantee",)),
    Row("guarantee", "call", "procurement.call_guarantee", ("guarantee",)),
    Row("", "debar", "procurement.debar", ("organisation",)),
    Row("violation", "notify", "procurement.notify_violation", ("organisation",)),
    Row("violation", "reply", "procurement.reply_violation", ("violation",)),
    Row("treasury", "budget", "treasury.set_budget", ("line",)),
    Row("treasury", "change-budget", "treasury.change_budget", ("line",)),
    Row("treasury", "carry-over", "treasury.carry_over"),
)
# Recorded by a command of its own (import).
ELSEWHERE = ("procurement.attest_release",)
GROUPS = {
    "plan": "Announce what is to be bought; change it.",
    "tender": "Publish requests for proposals; ask, answer, amend, cancel, declare failed.",
    "proposal": "Seal and send a proposal, or withdraw it.",
    "trustee": "Help to open what is sealed; confirm that a key is destroyed.",
    "committee": "Declare interests, check requirements, score, vote; seats and missing files.",
    "award": "Notify an award, refuse it, make it final, withdraw it.",
    "complaint": "Answer a complaint; decide an appeal.",
    "contract": "Draft a contract, and sign it.",
    "guarantee": "Register a guarantee, and call it.",
    "violation": "Notify a violation, and reply to it.",
    "treasury": "Budgets: set, change, carry over.",
}
SEALED_FIELDS = {
    "scores": ("round", "sealed"),
    "shares": ("shares",),
    "signature": ("draft",),
    "submission": ("files", "round", "sealed", "members"),
    "": (),
}


class MessageCommand(click.Command):
    """A command for a message. Its options are read off the message when it is asked for them, not at every start."""

    def __init__(self, row: Row) -> None:
        message = _find_message(row.action)
        told = (message.arguments.__doc__ or "").strip().split("\n\n")[0].partition(": ")[2].replace("``", "") or row.action
        help_text = f"{told[0].upper()}{told[1:]}\n\nRecords {row.action}; signed as {' or '.join(message.roles)}."
        super().__init__(row.name, callback=_make_callback(row), help=help_text)
        self._row = row

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does, and an example."""
        super().format_help_text(ctx, formatter)
        _write_example(formatter, self._row)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Arguments and options."""
        if not self.params:
            self.params = _make_parameters(self._row)
        return super().get_params(ctx)


class MessageGroup(click.Group):
    """The commands of one kind of work."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What they are for, and an example."""
        super().format_help_text(ctx, formatter)
        _write_example(formatter, next(row for row in ROWS if row.group == self.name))


def make_commands() -> list[click.Command]:
    """Every command of the table, those of a group in it."""
    groups = {name: MessageGroup(name, help=told) for name, told in GROUPS.items()}
    single: list[click.Command] = []
    for row in ROWS:
        made = MessageCommand(row)
        if row.group:
            groups[row.group].add_command(made)
        else:
            single.append(made)
    groups["proposal"].add_command(encrypt)
    return [*groups.values(), *single]


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where the encrypted bytes go.")
@click.option("--title", required=True, help="What it is, for those who may read it.")
@click.option("--media-type", default="application/pdf", show_default=True)
@command
def encrypt(source: Path, folder: Path, title: str, media_type: str) -> None:
    """Encrypt a file for a proposal, and print how the proposal's contents list it.

    The encrypted bytes go to two stores, whose receipts 'proposal submit --receipts' takes. The key stands in what is printed:
    keep it to yourself until the opening.

    \b
    prasasti proposal encrypt method.pdf --to encrypted --title "Method"
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        listed = seal_file(source, folder, title, media_type)
    except SealingProblem as problem:
        raise DraftProblem(str(problem)) from problem
    click.echo(json.dumps(msgspec.to_builtins(listed), ensure_ascii=False, indent=2))


def _find_message(action: str) -> Message:
    found = find_message({contract.name: contract for contract in CONTRACTS}, action)
    if found is None:
        raise LookupError(action)
    return found[1]


# -- examples -----------------------------------------------------------------------------------------------------------------

SAMPLES = {
    "account": "532111", "bidder": "bidder-1", "contract": "contract-1", "currency": "IDR", "family": "5610", "kind": "goods",
    "line": "2026-parks", "lot": "lot-1", "method": "open", "organisation": "bidder-1", "plan": "benches", "process": "ocds-213czf-benches",
    "programme": "parks", "reason": "other", "ground": "other", "title": "Benches", "unit": "agency-1", "year": "2026", "ballot": "1",
    "ranking": "1", "size": "1000",
}  # fmt: skip
SEALED_SAMPLES = {"scores": ["--scores @scores.json"], "submission": ["--slot proposal", "--contents @proposal.json"]}


def _write_example(formatter: click.HelpFormatter, row: Row) -> None:
    """One way to give the command, in lines that fit."""
    message = _find_message(row.action)
    fields = [field for field in selecting.list_fields(message.arguments) if field.name not in SEALED_FIELDS[row.sealed]]
    needed = [field for field in fields if field.required and field.name not in (*row.positional, *row.defaults)]
    words = [" ".join(filter(None, ("prasasti", row.group, row.name))), *(SAMPLES.get(name, f"{name}-1") for name in row.positional)]
    words += SEALED_SAMPLES.get(row.sealed) or [_sample_option(field) for field in needed if field.kind != "json"]
    words += ["--from arguments.json"] if not row.sealed and any(field.kind == "json" for field in needed) else []
    words += [f"-s {role.partition('.')[2]}.age" for role in message.roles[-message.minimum_signers :]]
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) + 3 > formatter.width - 4:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {word}"
    formatter.write("\n" + "".join(f"  {line}\n" for line in lines))


def _sample_option(field: Field) -> str:
    flag = f"--{field.name.replace('_', '-')}"
    if field.kind == "flag":
        return flag
    samples = {"document": "minutes.pdf", "money": "280000000", "number": "2026-12-31", "texts": "lot-1", "text": f"{field.name}-1"}
    return f"{flag} {SAMPLES.get(field.name) or (field.choices[0] if field.choices else samples[field.kind])}"


# -- options ------------------------------------------------------------------------------------------------------------------


def _make_parameters(row: Row) -> list[click.Parameter]:
    fields = [field for field in selecting.list_fields(_find_message(row.action).arguments) if field.name not in SEALED_FIELDS[row.sealed]]
    by_name = {field.name: field for field in fields}
    made: list[click.Parameter] = [click.Argument([name], metavar=name.upper()) for name in row.positional]
    made += [_make_option(by_name[field.name], row) for field in fields if field.name not in row.positional]
    made += _SEALED_OPTIONS[row.sealed]() + _make_common_options()
    return made


def _make_option(field: Field, row: Row) -> click.Option:
    flag = f"--{field.name.replace('_', '-')}"
    needed = " [needed]" if field.required and field.name not in row.defaults else ""
    if field.kind == "flag":
        return click.Option([f"{flag}/--no-{flag[2:]}", field.name], default=None, help=f"Yes or no.{needed}")
    told = {
        "choice": "", "document": "A file; a PDF unless named.", "json": "As JSON, or in a file.", "money": "In units of the currency.",
        "number": "A whole number, or a time (UTC).", "text": "", "texts": "Several, with commas between.",
    }[field.kind]  # fmt: skip
    metavar = {
        "document": "FILE[:MEDIA/TYPE]", "json": "JSON|@FILE", "money": "AMOUNT", "number": "NUMBER|TIME", "texts": "A,B,…", "text": "TEXT",
    }.get(field.kind)  # fmt: skip
    choices = click.Choice(field.choices) if field.kind == "choice" else None
    return click.Option([flag, field.name], metavar=metavar, type=choices, help=f"{told}{needed}".strip() or None)


def _make_common_options() -> list[click.Parameter]:
    """Options of every command, made by the decorators that the others use."""

    def nothing() -> None:
        """Holds the options."""

    decorators: tuple[Callable[..., Any], ...] = (
        click.option("--from", "source", type=click.Path(path_type=Path, exists=True), metavar="FILE", help=(
            "The arguments as JSON; options come on top. A document is {\"file\": \"request.pdf\"}.")),
        click.option("--signer", "-s", "signers", multiple=True, required=True, metavar="[ROLE=]KEY", help=(
            "Who signs: a key file, ssh-agent:…, pkcs11:…, or a public key that signs later.")),
        click.option("--yes", "-y", is_flag=True, help="Sign without asking."),
        click.option("--anyway", is_flag=True, help="Sign although the rules would refuse it now."),
        click.option("--draft", "kept", type=click.Path(path_type=Path), metavar="FILE", help="Write the envelope, for others to sign."),
        click.option(
            "--expires", type=click.IntRange(1, 604_800), default=HOUR_SECONDS, show_default=True, help="Seconds until it is void."
        ),
        ledger_option,
        accept_clock_option,
    )  # fmt: skip
    decorated: Any = nothing
    for decorate in reversed(decorators):
        decorated = decorate(decorated)
    return list(reversed(decorated.__click_params__))


def _make_submission_options() -> list[click.Parameter]:
    return [
        click.Option(["--contents"], required=True, metavar="JSON|@FILE", help="Price, items, files: what is sealed."),
        click.Option(["--members"], metavar="JSON|@FILE", help="Of a consortium: [{organisation, share_bp}, …]."),
        click.Option(["--receipts"], metavar="JSON|@FILE", help="The stores' receipts: {SHA-256: [receipt, receipt]}."),
    ]


def _make_scores_options() -> list[click.Parameter]:
    return [click.Option(["--scores"], required=True, metavar="JSON|@FILE", help="{criterion: {bidder: score}}, 1000000 is 100.")]


_SEALED_OPTIONS: Mapping[str, Callable[[], list[click.Parameter]]] = {
    "": list,
    "scores": _make_scores_options,
    "shares": list,
    "signature": list,
    "submission": _make_submission_options,
}


# -- running --------------------------------------------------------------------------------------------------------------------


def _make_callback(row: Row) -> Callable[..., None]:
    @command
    def run(**options: Any) -> None:
        with open_to_write(options["ledger_folder"], options["accept_clock"]) as ledger:
            _Sending(shell(), ledger, row, options).run()

    return run


class _Sending:
    """One command on an opened ledger."""

    def __init__(self, out: Shell, ledger: Ledger, row: Row, options: dict[str, Any]) -> None:
        self.out = out
        self.ledger = ledger
        self.row = row
        self.options = options
        found = find_message(ledger.registry, row.action)
        if found is None:
            raise DraftProblem(f"this ledger has no action {row.action}")
        self.message = found[1]

    def run(self) -> None:
        """Arguments, signers, a look at what comes of it, the signature: in this order, so that nothing is signed unseen."""
        signers = [self._read_signer(each) for each in self.options["signers"]]
        signers = selecting.order_signers(signers)
        try:
            all_arguments = self._make(signers)
        except SealingProblem as problem:
            raise DraftProblem(str(problem)) from problem
        for position, arguments in enumerate(all_arguments):
            converted = selecting.convert_arguments(self.message, arguments)
            actor = self._find_record(signers[0][1]).organisation
            self._say(arguments, actor, signers)
            self._foresee(converted, actor, signers)
            self._ask()
            self._send(arguments, signers, is_last=position == len(all_arguments) - 1)

    def _make(self, signers: list[tuple[str, Signer | bytes]]) -> list[dict[str, Any]]:
        given = self._read_given()
        makers: Mapping[str, Callable[[dict[str, Any], KeyRecord], list[dict[str, Any]]]] = {
            "": lambda given, _: [given],
            "scores": self._make_scores,
            "shares": self._make_shares,
            "signature": lambda given, _: [given | {"draft": selecting.find_draft(self.ledger.state, given["contract"])}],
            "submission": self._make_submission,
        }
        return makers[self.row.sealed](given, self._find_record(signers[0][1]))

    def _make_submission(self, given: dict[str, Any], record: KeyRecord) -> list[dict[str, Any]]:
        if "slot" not in given:
            raise DraftProblem("--slot is needed; nothing was sealed")
        made = selecting.build_submission(
            self.ledger, given["process"], given["lot"], given["slot"], record.organisation, self._read_json("contents"),
            self._read_json("members") or [], self._read_json("receipts") or {},
        )  # fmt: skip
        self.out.say("procuring.sealed", envelope=made.envelope)
        return [made.arguments]

    def _make_scores(self, given: dict[str, Any], record: KeyRecord) -> list[dict[str, Any]]:
        scores = self._read_json("scores")
        made = selecting.build_scores(self.ledger, given["process"], given["lot"], record.organisation, record.handle, scores)
        self.out.say("procuring.sealed", envelope=made.envelope)
        return [made.arguments]

    def _make_shares(self, given: dict[str, Any], record: KeyRecord) -> list[dict[str, Any]]:
        return selecting.build_shares(self.ledger, given["process"], given["lot"], record.organisation)

    def _read_json(self, name: str) -> Any:
        text = self.options.get(name)
        field = Field(name, name, "json", required=False)
        return selecting.read_field(self.ledger, field, text, "") if text is not None else None

    def _read_given(self) -> dict[str, Any]:
        """The file's arguments under the options', under what a row fills in; needed ones are there."""
        source: Path | None = self.options["source"]
        base = dict(self.row.defaults)
        if source is not None:
            read = selecting.resolve_files(self.ledger, decode_strict(source.read_bytes()), source.parent)
            if not isinstance(read, dict):
                raise DraftProblem(f"{source}: the arguments are a JSON object")
            base |= read
        fields = [f for f in selecting.list_fields(self.message.arguments) if f.name not in SEALED_FIELDS[self.row.sealed]]
        plain = {f.encoded: self.options[f.name] for f in fields if f.kind != "money" and self.options.get(f.name) is not None}
        texts = {f.encoded: f for f in fields if f.kind != "flag"}
        currency = selecting.find_currency(self.ledger.state, base | plain)
        for field in fields:
            value = self.options.get(field.name)
            if value is not None:
                is_text = field.encoded in texts
                base[field.encoded] = selecting.read_field(self.ledger, field, str(value), currency) if is_text else value
        missing = [f"--{f.name.replace('_', '-')}" for f in fields if f.required and f.encoded not in base]
        if missing:
            raise click.UsageError(f"still needed: {', '.join(missing)} (or in the file of --from)")
        return base

    def _read_signer(self, text: str) -> tuple[str, Signer | bytes]:
        role, equals, location = text.partition("=")
        if not equals or role not in self.message.roles:
            role, location = "", text
        key: Signer | bytes | None = None
        with suppress(ValueError):
            key = bytes.fromhex(location) if len(location) == 64 else None
        if key is None:
            key = open_key(location, self.ledger)
        return role or selecting.choose_role(self.ledger.state, self.message, _hex(key)), key

    def _find_record(self, key: Signer | bytes) -> KeyRecord:
        record = self.ledger.state.get(f"identity/key/{_hex(key)}", KeyRecord)
        if record is None:
            raise DraftProblem(f"the key {_hex(key)} is not registered on this ledger")
        return record

    def _say(self, arguments: dict[str, Any], actor: str, signers: list[tuple[str, Signer | bytes]]) -> None:
        out, action = self.out, self.row.action.replace(".", "_")
        out.say("procuring.recorded", action=self.row.action, actor=actor)
        currency = selecting.find_currency(self.ledger.state, arguments)
        money = {field.encoded for field in selecting.list_fields(self.message.arguments) if field.kind == "money"}
        for name, value in sorted(arguments.items()):
            out.line(f"   {name}: {_spell_amount(out, value, currency) if name in money else _shorten(value)}")
        for role, key in signers:
            record = self._find_record(key)
            out.say("procuring.signer", organisation=record.organisation, handle=record.handle, role=role)
        out.line(out.words("procuring.seen") + " " + out.words.find(f"procuring_seen.{action}", out.words("procuring.everybody")))
        out.line(out.words("procuring.follows") + " " + out.words(f"procuring_follows.{action}"))

    def _foresee(self, converted: msgspec.Struct, actor: str, signers: list[tuple[str, Signer | bytes]]) -> None:
        """What the rules would say now: a refusal that can be foreseen is not signed unless asked for."""
        named = [(_hex(key), role) for role, key in signers]
        refusal = selecting.foresee_refusal(self.ledger, self.message, converted, actor, named)
        if refusal is None:
            return
        words = self.out.words.find(f"refusal.{refusal.number.replace('.', '_')}", refusal.condition)
        clause = find_clause(refusal.number)
        self.out.say("procuring.refused", number=refusal.number, words=words)
        self.out.say("submit.clause", clause=clause)
        if not self.options["anyway"]:
            self.out.say("procuring.nothing_signed")
            self.out.finish({"foreseen_refusal": {"number": refusal.number, "words": words, "clause": clause}}, REFUSED)

    def _ask(self) -> None:
        if self.options["yes"]:
            return
        if self.out.as_json:
            self.out.fail("error.could_not", self.out.words("procuring.yes_needed"), COULD_NOT)
        if not click.confirm(self.out.words("procuring.ask"), err=True):
            self.out.say("procuring.nothing_signed")
            raise SystemExit(REFUSED)

    def _send(self, arguments: dict[str, Any], signers: list[tuple[str, Signer | bytes]], *, is_last: bool) -> None:
        keys = [(bytes.fromhex(_hex(key)), role) for role, key in signers]
        payload = draft_payload(self.ledger, self.row.action, arguments, keys, self.ledger.now() + self.options["expires"])
        envelope = sign_payload(payload, [Signing(key, role) for role, key in signers if not isinstance(key, bytes)])
        if is_last or self.options["kept"] is not None:
            send_or_keep(self.out, self.ledger, envelope, self.options["kept"])
            return
        # Of several messages each stands by itself: after a crash or a refusal the same command sends what is missing.
        answer = self.ledger.submit([envelope])[0]
        if not isinstance(answer, Receipt) or answer.refusal is not None:
            report_answer(self.out, self.ledger, envelope, answer)


def _hex(key: Signer | bytes) -> str:
    return (key if isinstance(key, bytes) else key.public_key).hex()


def _spell_amount(out: Shell, minor: object, currency: str) -> str:
    digits, decimals = str(minor), find_decimals(currency)
    padded = digits.rjust(decimals + 1, "0")
    cut = len(padded) - decimals
    return out.words.amount(f"{padded[:cut]}.{padded[cut:]}" if decimals else digits, currency)


def _shorten(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text.encode())} bytes)"
