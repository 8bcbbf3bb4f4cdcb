"""What the commands of a contract's delivery do beside their message: amounts, days and taxes are computed, and shown, before it is signed.

Computing is ``services/delivering``'s; this owns the options in which people give rates, quantities and photographs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from msgspec import Struct

from prasasti.cli.procuring.sending import Sending, spell_amount
from prasasti.core.contract import Call
from prasasti.core.types import format_signed_amount, parse_amount
from prasasti.integrations.signers import Signer
from prasasti.services import selecting
from prasasti.services.delivering import amending, amounts, findings, orders
from prasasti.services.delivering.lines import (
    Drafted,
    Line,
    read_quantity,
    read_rates,
    require_contract,
    require_milestone,
    split_pairs,
)
from prasasti.services.submitting import DraftProblem

DELIVERING = (
    "advance", "amendment", "certificate", "end", "evidence", "explanation", "inspection", "invoice", "payment", "release", "replacement",
    "report", "sample",
)  # fmt: skip
ABOUT = ("contract", "lot", "place", "process")
# Facts of a line that are times, and those with a decimal sign.
TIMES, DECIMALS = ("due", "until"), ("percent", "quantity", "vat", "whole")
Signers = list[tuple[str, Signer | bytes]]


class DeliveringSending(Sending):
    """A command about a contract that was signed, on an opened ledger."""

    lines: Sequence[Line] = ()

    def _make(self, signers: Signers) -> list[dict[str, Any]]:
        given = self._read_given()
        # What has a pattern of its own is told better where it is used.
        selecting.check_fields(self.message, {name: value for name, value in given.items() if name not in ("list", "log_root")})
        makers: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "advance": self._make_advance, "amendment": self._make_amendment, "certificate": self._make_certificate, "end": self._make_end,
            "evidence": self._make_evidence, "explanation": self._make_explanation, "inspection": self._make_inspection,
            "invoice": self._make_invoice, "payment": self._make_payment, "replacement": self._make_replacement,
            "report": self._make_report, "sample": self._make_sample,
        }  # fmt: skip
        if self.row.sealed == "release":
            return [self._make_release(given, signers)]
        return [makers[self.row.sealed](given)]

    def _explain(self, arguments: Struct, actor: str, signers: Signers) -> None:
        """The arithmetic, in words."""
        if self.row.sealed == "inspection":
            self.lines = findings.tell_inspection(self.ledger.state, self._make_call(arguments, actor, signers))
        for line in self.lines:
            self.out.say(f"delivering.{line.key}", **self._spell(line, arguments))

    def _spell(self, line: Line, arguments: Struct) -> dict[str, str]:
        """Facts and amounts of a line as people of the language write them."""
        currency = selecting.find_currency(self.ledger.state, {name: getattr(arguments, name) for name in arguments.__struct_fields__})
        spelled = {name: spell_amount(self.out, format_signed_amount(amount), currency) for name, amount in line.amounts.items()}
        for name, fact in line.facts.items():
            is_decimal = name in DECIMALS and self.out.words.language == "id"
            spelled[name] = self.out.time(fact) if name in TIMES else str(fact).replace(".", ",") if is_decimal else str(fact)
        return spelled

    def _take(self, given: dict[str, Any], drafted: Drafted) -> dict[str, Any]:
        """What was computed stands over what a file says of it."""
        self.lines = drafted.lines
        return given | drafted.arguments

    def _make_advance(self, given: dict[str, Any]) -> dict[str, Any]:
        amount_minor = parse_amount(given["amount"])
        return self._take(
            given, amounts.draft_advance(self.ledger.state, given["contract"], amount_minor, self._rates(), self.ledger.now())
        )

    def _make_invoice(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._take(
            given, amounts.draft_invoice(self.ledger.state, given["contract"], given["milestone"], self._rates(), self.ledger.now())
        )

    def _make_certificate(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._take(
            given, amounts.draft_certificate(self.ledger.state, given["contract"], given["milestone"], self._rates(), self.ledger.now())
        )

    def _make_release(self, given: dict[str, Any], signers: Signers) -> dict[str, Any]:
        require_contract(self.ledger.state, given["contract"])
        plain = {name: value for name, value in given.items() if name != "taxes"}
        actor = self._find_record(signers[0][1]).organisation
        call = self._make_call(selecting.convert_arguments(self.message, plain), actor, signers)
        return self._take(plain, amounts.draft_release(self.ledger.state, call, self._rates()))

    def _make_end(self, given: dict[str, Any]) -> dict[str, Any]:
        self.lines = amounts.tell_end(self.ledger.state, given["contract"])
        return given

    def _make_evidence(self, given: dict[str, Any]) -> dict[str, Any]:
        """Photographs of one place and time; others are listed in the file."""
        require_milestone(self.ledger.state, given["contract"], given["milestone"])
        photos, place, taken = self.options["photos"], self.options["place"], self.options["taken"]
        if not photos:
            if "evidence" in given and place is None and taken is None:
                return given
            raise click.UsageError("still needed: --photo, --place and --taken (or evidence in the file of --from)")
        if place is None or taken is None:
            raise click.UsageError("a photograph has --place and --taken")
        time = selecting.read_number(taken, "taken")
        stored = [selecting.store_document(self.ledger, _name_photo(photo)) for photo in photos]
        listed = [{"document": document, "place": place, "taken": time} for document in stored]
        return given | {"evidence": [*given.get("evidence", []), *listed]}

    def _make_inspection(self, given: dict[str, Any]) -> dict[str, Any]:
        quantities = split_pairs(self.options["quantity"], "ITEM=QUANTITY, such as bench=12.5")
        return given | findings.draft_quantities(self.ledger.state, given["contract"], given["milestone"], quantities)

    def _make_amendment(self, given: dict[str, Any]) -> dict[str, Any]:
        contract = given["contract"]
        currency = require_contract(self.ledger.state, contract).currency
        dues = split_pairs(self.options["due"], "MILESTONE=TIME")
        prices = split_pairs(self.options["amounts"], "MILESTONE=AMOUNT")
        counts = split_pairs(self.options["quantity"], "MILESTONE:ITEM=QUANTITY")
        budgets = split_pairs(self.options["budget"], "LINE=CHANGE")
        changes = amending.Changes(
            {milestone: selecting.read_number(text, milestone) for milestone, text in dues.items()},
            {milestone: int(selecting.read_money(text, currency, milestone)) for milestone, text in prices.items()},
            {_split_item(name): read_quantity(text, name) for name, text in counts.items()},
            {line: int(selecting.read_change(text, currency, line)) for line, text in budgets.items()},
        )
        if not any((*changes, given.get("milestones"), given.get("items"))):
            raise click.UsageError("nothing changes: give --due, --amount or --quantity, or milestones in the file of --from")
        return self._take(given, amending.draft_amendment(self.ledger.state, contract, changes, given))

    def _make_payment(self, given: dict[str, Any]) -> dict[str, Any]:
        drafted = orders.draft_report(self.ledger.state, given["order"], given["line"], given.get("account"))
        return self._take(given, drafted)

    def _make_replacement(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._take(given, orders.draft_replacement(self.ledger.state, given["order"], given.get("lines")))

    def _make_explanation(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._take(given, orders.draft_explanation(self.ledger.state, given["contract"], given["payment"]))

    def _make_report(self, given: dict[str, Any]) -> dict[str, Any]:
        about = {name: self.options[name] for name in ABOUT if self.options[name] is not None}
        about |= {"officer": True} if self.options["officer"] else {}
        if not about and "about" not in given:
            raise click.UsageError("still needed: what it is about, --contract, --process (and --lot) or --place")
        return given | {"about": given.get("about", {}) | about}

    def _make_sample(self, given: dict[str, Any]) -> dict[str, Any]:
        if "drawn" in given and self.options["count"] is None:
            return given
        if self.options["count"] is None:
            raise click.UsageError("still needed: --count, how many are drawn (or drawn in the file of --from)")
        drafted = findings.draft_sample(
            self.ledger.state, str(given["list"]), str(given["log_root"]), given.get("units"), self.options["count"]
        )
        return self._take(given, drafted)

    def _rates(self) -> amounts.Rates:
        return read_rates(self.options["taxes"])

    def _make_call(self, arguments: Struct, actor: str, signers: Signers) -> Call:
        keys = [(key if isinstance(key, bytes) else key.public_key).hex() for _, key in signers]
        return selecting.make_call(self.ledger, arguments, actor, [(key, role) for key, (role, _) in zip(keys, signers, strict=True)])


def _name_photo(text: str) -> str:
    """A photograph is a JPEG unless named otherwise."""
    return text if selecting.has_media_type(text) else f"{text}:image/jpeg"


def _split_item(name: str) -> tuple[str, str]:
    milestone, colon, item = name.partition(":")
    if not colon or not milestone or not item:
        raise DraftProblem(f"{name} is not MILESTONE:ITEM, such as half:bench; nothing was signed")
    return milestone, item


# -- options ------------------------------------------------------------------------------------------------------------------------------


def make_delivering_options(sealed: str) -> list[click.Parameter]:
    """Options of a command that computes its arguments."""
    return _OPTIONS[sealed]() if sealed in _OPTIONS else []


def _make_rate_options() -> list[click.Parameter]:
    told = "A tax at another rate than the State's, and the code of the reason: pph22=0:exempt."
    return [click.Option(["--tax", "taxes"], multiple=True, metavar="CODE=PERCENT:REASON", help=told)]


def _make_evidence_options() -> list[click.Parameter]:
    return [
        click.Option(["--photo", "photos"], multiple=True, metavar="FILE[:MEDIA/TYPE]", help="What shows it; a JPEG unless named."),
        click.Option(["--place"], metavar="CODE", help="Where they were taken, such as ID-JK."),
        click.Option(["--taken"], metavar="TIME", help="When they were taken (UTC)."),
    ]


def _make_inspection_options() -> list[click.Parameter]:
    told = "Of a measured contract: how much of an item is accepted now, in its unit."
    return [click.Option(["--quantity"], multiple=True, metavar="ITEM=QUANTITY", help=told)]


def _make_amendment_options() -> list[click.Parameter]:
    return [
        click.Option(["--due"], multiple=True, metavar="MILESTONE=TIME", help="A milestone is due then (UTC)."),
        click.Option(["--amount", "amounts"], multiple=True, metavar="MILESTONE=AMOUNT", help="A milestone is for so much."),
        click.Option(
            ["--quantity"], multiple=True, metavar="MILESTONE:ITEM=QUANTITY", help="A milestone has so much of an item, in its unit."
        ),
        click.Option(["--budget"], multiple=True, metavar="LINE=CHANGE", help="By how much a budget line's part changes, of several."),
    ]  # fmt: skip


def _make_report_options() -> list[click.Parameter]:
    about: list[click.Parameter] = [
        click.Option([f"--{name}"], metavar="ID", help=f"The {name} that it is about.") for name in ABOUT
    ]  # fmt: skip
    return [*about, click.Option(["--officer"], is_flag=True, help="It is about the officer, who then does not answer it.")]


def _make_sample_options() -> list[click.Parameter]:
    return [click.Option(["--count"], type=click.IntRange(min=1), metavar="NUMBER", help="How many are drawn.")]


_OPTIONS: Mapping[str, Callable[[], list[click.Parameter]]] = {
    "advance": _make_rate_options,
    "amendment": _make_amendment_options,
    "certificate": _make_rate_options,
    "evidence": _make_evidence_options,
    "inspection": _make_inspection_options,
    "invoice": _make_rate_options,
    "release": _make_rate_options,
    "report": _make_report_options,
    "sample": _make_sample_options,
}
