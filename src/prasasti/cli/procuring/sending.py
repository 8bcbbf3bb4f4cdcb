"""One message of a command on its way: arguments and signers, what will be recorded and who sees it, the signature, the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import msgspec

from prasasti.cli.clauses import find_clause
from prasasti.cli.procuring.table import TIMES, Row
from prasasti.cli.recording import report_answer, send_or_keep
from prasasti.cli.shell import COULD_NOT, REFUSED, Shell, open_key
from prasasti.core.contract import find_message
from prasasti.core.encoding import decode_strict, encode_canonical
from prasasti.core.entries import Receipt
from prasasti.core.envelope import compute_id
from prasasti.core.genesis import KeyRecord
from prasasti.integrations.signers import Signer
from prasasti.readmodel.money import find_decimals
from prasasti.services import selecting
from prasasti.services.kept_seals import KeptSeal, keep_seal
from prasasti.services.ledger import Ledger
from prasasti.services.sealing import SealingProblem
from prasasti.services.selecting import Field
from prasasti.services.submitting import DraftProblem, Signing, draft_payload, sign_payload

LONGEST_SHOWN = 68


class Sending:
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
        self.sealed: selecting.Submission | None = None
        self.keep_folder = Path()

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
            self._say(arguments, converted, actor, signers)
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
        return self._hold(made)

    def _make_scores(self, given: dict[str, Any], record: KeyRecord) -> list[dict[str, Any]]:
        scores = self._read_json("scores")
        made = selecting.build_scores(self.ledger, given["process"], given["lot"], record.organisation, record.handle, scores)
        return self._hold(made)

    def _hold(self, made: selecting.Submission) -> list[dict[str, Any]]:
        """What was sealed, until it is signed; that there is a place to keep it is seen before anything is."""
        self.sealed, self.keep_folder = made, self._find_keep_folder()
        self.out.say("procuring.sealed", envelope=made.envelope)
        return [made.arguments]

    def _find_keep_folder(self) -> Path:
        """The folder that is named, else that of the first signer's key, else of the ledger's keys."""
        if self.options["keep"] is not None:
            return Path(self.options["keep"])
        places = [Path(self._split_role(each)[1]) for each in self.options["signers"]]
        beside = [place.parent for place in places if place.is_file()]
        own: Path = self.options["ledger_folder"] / "keys"
        found = next((folder for folder in (*beside, own) if folder.is_dir()), None)
        if found is None:
            raise DraftProblem("no key of yours lies in a file: name a folder with --keep, where what you sealed is kept for you alone")
        return found

    def _keep(self, transaction: str) -> None:
        """What was sealed is kept before it is sent: a machine that dies in between leaves it on disk."""
        if self.sealed is None:
            return
        given = self.sealed.arguments
        seal = KeptSeal(
            self.ledger.chain, self.sealed.contents.decode(), self.sealed.envelope, given["lot"], given["process"], given["round"],
            given["sealed"], self.sealed.slot, transaction,
        )  # fmt: skip
        self.out.say("procuring.kept", path=keep_seal(self.keep_folder, seal))

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
        fields = [f for f in selecting.list_fields(self.message.arguments) if f.name not in self.row.hidden]
        named = [f for f in fields if self.options.get(f.name) is not None]
        plain = {f.encoded: self.options[f.name] for f in named if f.kind not in ("change", "money")}
        texts = {f.encoded: f for f in fields if f.kind != "flag"}
        currency = selecting.find_currency(self.ledger.state, base | plain)
        for field in named:
            value, is_text = self.options[field.name], field.encoded in texts
            base[field.encoded] = selecting.read_field(self.ledger, field, str(value), currency) if is_text else value
        missing = [f"--{f.name.replace('_', '-')}" for f in fields if self.row.needs(f) and f.encoded not in base]
        if missing:
            raise click.UsageError(f"still needed: {', '.join(missing)} (or in the file of --from)")
        return self._fix(base)

    def _fix(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the command always says is said; a file that says otherwise is for another command."""
        for name, value in self.row.fixed.items():
            if given.get(name, value) != value:
                raise DraftProblem(f"{name}: this command says {value or 'nothing'} of it, the file {given[name]}; nothing was signed")
        return given | {name: value for name, value in self.row.fixed.items() if value is not None}

    def _split_role(self, text: str) -> tuple[str, str]:
        """Role and location of [ROLE=]KEY; an equals sign of the location's own parts nothing."""
        role, equals, location = text.partition("=")
        return (role, location) if equals and role in self.message.roles else ("", text)

    def _read_signer(self, text: str) -> tuple[str, Signer | bytes]:
        role, location = self._split_role(text)
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

    def _say(self, arguments: dict[str, Any], converted: msgspec.Struct, actor: str, signers: list[tuple[str, Signer | bytes]]) -> None:
        out, action = self.out, self.row.action.replace(".", "_")
        out.say("procuring.recorded", action=self.row.action, actor=actor)
        currency = selecting.find_currency(self.ledger.state, arguments)
        fields = selecting.list_fields(self.message.arguments)
        money = {field.encoded for field in fields if field.kind in ("change", "money")}
        times = {field.encoded for field in fields if field.name in TIMES}
        for name, value in sorted(arguments.items()):
            spelled = spell_amount(out, value, currency) if name in money else _shorten(value)
            spelled += f" ({out.time(value)})" if name in times and isinstance(value, int) else ""
            # With suite 00 the beginning of what is sealed is the beginning of the contents.
            out.line(f"   {name}: {out.words('procuring.hidden') if name == 'sealed' else spelled}")
        self._explain(converted, actor, signers)
        for role, key in signers:
            record = self._find_record(key)
            out.say("procuring.signer", organisation=record.organisation, handle=record.handle, role=role)
        out.line(out.words("procuring.seen") + " " + out.words.find(f"procuring_seen.{action}", out.words("procuring.everybody")))
        out.line(out.words("procuring.follows") + " " + out.words(f"procuring_follows.{self.row.words}"))

    def _explain(self, arguments: msgspec.Struct, actor: str, signers: list[tuple[str, Signer | bytes]]) -> None:
        """What is computed of a message, for those commands that compute."""

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
        self._keep(compute_id(encode_canonical(payload)))
        if is_last or self.options["kept"] is not None:
            send_or_keep(self.out, self.ledger, envelope, self.options["kept"])
            return
        # Of several messages each stands by itself: after a crash or a refusal the same command sends what is missing.
        answer = self.ledger.submit([envelope])[0]
        if not isinstance(answer, Receipt) or answer.refusal is not None:
            report_answer(self.out, self.ledger, envelope, answer)


def _hex(key: Signer | bytes) -> str:
    return (key if isinstance(key, bytes) else key.public_key).hex()


def spell_amount(out: Shell, minor: object, currency: str) -> str:
    """Minor units in words; of no known currency with two decimals."""
    digits, decimals = str(minor).removeprefix("-"), find_decimals(currency)
    sign, padded = "-" if str(minor).startswith("-") else "", digits.rjust(decimals + 1, "0")
    cut = len(padded) - decimals
    return out.words.amount(sign + (f"{padded[:cut]}.{padded[cut:]}" if decimals else digits), currency)


def _shorten(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text.encode())} bytes)"
