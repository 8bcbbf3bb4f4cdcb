"""One tender or non-tender purchase: its releases in the order in which they merge, and what of its rows does not meet.

Owns which rows make which release, and its date. A release has the date of what it tells. Where the source dates it before what it
follows, it gets that one's date, so that releases merge in their order, and a finding says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

import msgspec

from prasasti.integrations.inaproc import mapping, tables
from prasasti.integrations.inaproc.bookkeeping import Books, Chain, amount_of, when
from prasasti.integrations.inaproc.steps import OPENING_SECTION, STEPS, Step
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.tables.composing import Draft, Part
from prasasti.integrations.tables.reading import Row


class Kind(msgspec.Struct, frozen=True):
    """The tables and columns of one way of buying. Tenders and non-tender purchases differ in names, little else."""

    process: str
    number: str
    notice: str
    step: str
    result: str
    contract: str
    announced: str
    noticed_in_result: str
    decided: str
    contract_number: str
    status: str
    status_date: str
    bidder: str = ""
    package: str = ""


TENDER: Final = Kind(
    process="tender", number="kd_tender", notice=tables.NOTICE, step=tables.STEP, result=tables.RESULT, contract=tables.CONTRACT,
    bidder=tables.BIDDER, announced="tgl_pengumuman_tender", noticed_in_result="tgl_pengumuman_tender",
    decided="tgl_penetapan_pemenang", contract_number="kontrak_id", status="status_tender", status_date="tanggal_status",
    package="kd_paket",
)  # fmt: skip
NONTENDER: Final = Kind(
    process="nontender", number="kd_nontender", notice=tables.DIRECT, step=tables.DIRECT_STEP, result=tables.DIRECT_RESULT,
    contract=tables.DIRECT_CONTRACT, announced="tgl_pengumuman_nontender", noticed_in_result="tgl_pengumuman_nontender",
    decided="tgl_selesai_nontender", contract_number="spk_id", status="status_nontender", status_date="",
)  # fmt: skip


class Process:
    """One tender or non-tender purchase."""

    def __init__(self, books: Books, kind: Kind, number: str, rows: dict[str, list[Row]]) -> None:
        self.books = books
        self.kind = kind
        self.number = number
        self.notice = next(iter(rows[kind.notice]), None)
        self.steps = sorted(rows[kind.step], key=lambda row: (when(row, "tgl_awal"), len(row.get("dtj_id")), row.get("dtj_id")))
        self.results = rows[kind.result]
        self.bidders = rows.get(kind.bidder, [])
        self.contracts = [row for row in rows[kind.contract] if row.get(kind.contract_number)]
        self.other_contracts = [row for row in rows[kind.contract] if not row.get(kind.contract_number)]
        self.all_rows = [row for each in rows.values() for row in each]
        self.titles = [*self.contracts, *self.other_contracts][:1] if self.notice is None else []
        self.earlier: Process | None = None
        self.winners = [row for row in self.results if row.get("nama_penyedia") and (kind is NONTENDER or row.get("psr_id"))]
        self.year = self.all_rows[0].get("tahun_anggaran")
        self.unit = self._find_unit()
        self.chain = Chain(books, f"{kind.process}-{number}", self._find_buyer())

    @property
    def package(self) -> str:
        rows = [*filter(None, [self.notice]), *self.bidders, *self.results]
        return next(filter(None, (row.get("kd_pkt_dce") or row.get(self.kind.package) for row in rows)), "") if self.kind.package else ""

    @property
    def announced(self) -> str:
        """When it was announced; "" where no row says."""
        begins = [row for row in self.steps if _step(row).begins] or self.steps
        found = [
            when(self.notice, self.kind.announced) if self.notice is not None else "",
            *(when(row, "tgl_awal") for row in begins),
            *(when(row, self.kind.noticed_in_result) for row in self.results),
        ]
        return next(filter(None, found), "")

    def _find_unit(self) -> Row | None:
        """Only where the announcement is missing, whose own words come first."""
        if self.notice is not None:
            return None
        codes = [row.get("kd_satker_str") or row.get("kd_satker") for row in (*self.steps, *self.bidders, *self.results, *self.contracts)]
        return self.books.find_unit(codes[0], self.year) if codes else None

    def _find_buyer(self) -> Row | None:
        rows = [self.notice, *self.results, *self.contracts, *self.other_contracts, self.unit]
        return next((row for row in rows if row is not None and row.get("nama_klpd") and row.get("kd_klpd")), None)

    def draft(self) -> list[Draft]:
        """The releases in the order in which they merge: planning, tender, bids, awards, contracts, addenda, ends, failure."""
        self._check()
        planning = self._draft_planning()
        tender = self._draft_tender(planning)
        bids = self._draft_bids(tender)
        awards = self._draft_awards(bids or tender)
        self._draft_contracts(awards, bids or tender)
        if self.notice is not None and self.notice.get(self.kind.status) == mapping.FAILED:
            own = when(self.notice, self.kind.status_date) if self.kind.status_date else ""
            self.chain.add("failure", "tenderUpdate", own, [Part(self.notice, "failure")], "tender.documents", bids or tender)
        return self.chain.drafts

    def _draft_planning(self) -> Draft | None:
        base = self.notice or next(iter(self.results), None)
        if base is None:
            return None
        own = when(base, "tgl_buat_paket") or when(base, self.kind.announced if base is self.notice else self.kind.noticed_in_result)
        parts, extra = [Part(base, "planning")], {}
        own = own or self.announced
        programme = self.books.find_programme(base) if self.kind is NONTENDER and base is self.notice else None
        if programme is not None:
            parts.append(Part(programme, "line", context=True))
            extra = self._relate("programme", "planning", f"programme-{programme.get('kd_program')}")
        return self.chain.add("planning", "planning", own, parts, "planning.documents", extra=extra)

    def _draft_tender(self, planning: Draft | None) -> Draft | None:
        if not self.announced or not (self.notice or self.steps or self.results):
            return None
        parts: list[Part] = []
        if self.notice is not None:
            parts += [Part(self.notice, "tender"), Part(self.notice, "entity")]
            if self.notice.get("tgl_kolektif_kolegial"):
                parts.append(Part(self.notice, "approval"))
        else:
            parts += [Part(row, "tender") for row in self.results[:1]]
            parts += [Part(row, "title") for row in self.titles]
            parts += [Part(self.unit, "entity")] if self.unit is not None else [Part(row, "entity") for row in self.results[:1]]
        for row in self.steps:
            step, given = _step(row), row.get("nama_tahapan")
            row.derived["title*"] = (step.title if step.renamed or not given else given) or row.get("nama_akt") or None
            parts += [Part(row, "step"), *(Part(row, section) for section in step.sections)]
        extra: dict[str, Any] = {"tender": {"id": self.number}}
        if self.earlier is not None:
            relationship = "prior" if self.earlier.winners else "unsuccessfulProcess"
            extra |= self._relate("earlier", relationship, self.earlier.chain.process)
        return self.chain.add("tender", "tender", self.announced, parts, "tender.documents", planning, extra)

    def _draft_bids(self, tender: Draft | None) -> Draft | None:
        named = [row for row in self.bidders if row.get("kd_peserta") and row.get("nama_penyedia")]
        for row in self.bidders:
            if row not in named:
                self.books.report(row, "no_bidder")
        opening = next((row for row in self.steps if OPENING_SECTION in _step(row).sections), None)
        own = when(opening, "tgl_awal") if opening is not None else ""
        if not named or not (own or tender):
            for row in named:
                self.books.report(row, "no_date")
            return None
        named.sort(key=lambda row: (len(row.get("kd_peserta")), row.get("kd_peserta")))
        parts = [Part(row, "tenderer") for row in named] + [Part(row, "proposal") for row in named if row.get("nilai_penawaran")]
        extra = {"tender": {"numberOfTenderers": Number(str(len(named)))}}
        return self.chain.add("bids", "tenderUpdate", own, parts, "tender.documents", tender, extra)

    def _draft_awards(self, before: Draft | None) -> dict[str, Draft]:
        """By the supplier's number in the source."""
        awards: dict[str, Draft] = {}
        for row in self.results:
            if row not in self.winners:
                if self.notice is not None or row is not self.results[0]:
                    self.books.report(row, "no_winner")
                continue
            row.derived["award*"] = f"{self.number}-award" if self.kind is NONTENDER else row.get("psr_id")
            parts = [Part(row, "award")]
            bidder = next((each for each in self.bidders if each.get("kd_peserta") == row.derived["award*"]), None)
            if self.kind is TENDER and bidder is None:
                self.books.find("winner_not_among_bidders", [row])
            if bidder is not None and bidder.get("nilai_penawaran"):
                self.books.compare(row, "nilai_penawaran", bidder, "nilai_penawaran")
            elif row.get("nilai_penawaran"):
                parts.append(Part(row, "proposal"))
            for letter in self.other_contracts if row is self.winners[0] else ():
                if letter.get("sppbj_id"):
                    letter.derived["award*"] = row.derived["award*"]
                    parts.append(Part(letter, "letter"))
            suffix = "award" if self.kind is NONTENDER else f"award-{row.get('psr_id')}"
            awards[row.get("kd_penyedia")] = self.chain.add(
                suffix, "award", when(row, self.kind.decided), parts, "awards[].documents", before
            )
        for row in self.other_contracts:
            if row in self.titles and self.announced:
                continue  # It gives an unannounced tender its title.
            if not row.get("sppbj_id"):
                self.books.report(row, "no_contract_yet")
            elif not self.winners:
                self.books.report(row, "letter_without_result")
        return awards

    def _draft_contracts(self, awards: dict[str, Draft], before: Draft | None) -> None:
        chains: dict[str, list[Row]] = defaultdict(list)
        for row in self.contracts:
            chains[row.get("kd_penyedia") if self.kind is TENDER else ""].append(row)
        for provider, versions in chains.items():
            versions.sort(key=lambda row: (_version(row), row.place))
            award = awards.get(provider) if self.kind is TENDER else next(iter(awards.values()), None)
            self._draft_contract(versions, award, before)
        for row in self.winners:
            versions = chains.get(row.get("kd_penyedia") if self.kind is TENDER else "", [])
            self._compare_with_contract(row, versions)

    def _draft_contract(self, versions: list[Row], award: Draft | None, before: Draft | None) -> None:
        column = self.kind.contract_number
        first, last = versions[0], versions[-1]
        contract = first.get(column)
        award_id = award.parts[0].row.derived["award*"] if award is not None else f"{contract}-award"
        if _version(first) > 0:
            self.books.find("addendum_without_contract", [first])
        if award is None:
            self.books.find("no_result", versions)
        for row in versions:
            ends = row.get("tgl_kontrak_akhir"), row.get("tgl_kontrak_awal")
            is_end = bool(ends[0]) and when(row, "tgl_kontrak_akhir") > when(row, "tgl_kontrak_awal")
            row.derived |= {"contract*": contract, "award*": award_id, "document*": row.get(column)}
            if is_end:
                row.derived["end*"] = when(row, "tgl_kontrak_akhir")
            elif all(ends):
                is_before = when(row, "tgl_kontrak_akhir") < when(row, "tgl_kontrak_awal")
                self.books.find("dates_out_of_order" if is_before else "end_is_start", [row], "tgl_kontrak_akhir")
        parts = [Part(first, "contract"), *_letter(first)]
        if award is None:
            parts.append(Part(first, "derived award"))
        draft = self.chain.add(
            self.chain.name(f"contract-{contract}", first),
            "contract",
            when(first, "tgl_kontrak"),
            parts,
            "contracts[].documents",
            award or before,
        )
        for earlier, row in pairwise(versions):
            draft = self._draft_amendment(earlier, row, draft)
        if last.get("status_kontrak") in mapping.ENDED:
            own = when(last, "tgl_penetapan_status_kontrak")
            at = "contracts[].implementation.documents"
            self.chain.add(self.chain.name(f"end-{contract}", last), "contractTermination", own, [Part(last, "end")], at, draft)

    def _draft_amendment(self, earlier: Row, row: Row, draft: Draft) -> Draft:
        """Dated by the addendum's own date, where that is later; else by when the system closed the version before."""
        own = when(row, "tgl_kontrak")
        if own <= when(earlier, "tgl_kontrak"):
            self.books.find("dates_out_of_order", [row, earlier], f"tgl_kontrak {own[:10]}, addendum not after its contract")
            own = max(own, when(earlier, "tgl_penetapan_status_kontrak"))
        suffix = self.chain.name(f"amendment-{row.get(self.kind.contract_number)}", row)
        said = [
            ("nilai_kontrak", earlier.get("nilai_kontrak"), row.get("nilai_kontrak")),
            ("tgl_kontrak_akhir", earlier.derived.get("end*", "")[:10], row.derived.get("end*", "")[:10]),
            ("no_kontrak", earlier.get("no_kontrak"), row.get("no_kontrak")),
        ]
        changes = [f"{column} {old or '-'} → {new or '-'}" for column, old, new in said if old != new]
        ocid = f"{self.books.options.ocid_prefix}-{self.chain.process}"
        row.derived |= {
            "change*": "; ".join(changes) or None,
            "before*": f"{ocid}-{draft.suffix}",
            "after*": f"{ocid}-{suffix}",
        }
        parts = [Part(row, "amendment"), *(_letter(row) if row.get("no_sppbj") != earlier.get("no_sppbj") else [])]
        return self.chain.add(suffix, "contractAmendment", own, parts, "contracts[].documents", draft)

    def _compare_with_contract(self, row: Row, versions: list[Row]) -> None:
        if not versions:
            self.books.account_for(row, "nilai_kontrak", "value_without_contract")
            self.books.find("no_contract", [row], f"nilai_kontrak {row.get('nilai_kontrak')}")
            return
        self.books.compare(row, "nilai_kontrak", versions[-1], "nilai_kontrak")
        if row.get("nilai_negosiasi") and amount_of(row, "nilai_negosiasi") != amount_of(versions[0], "nilai_kontrak"):
            detail = f"nilai_negosiasi {row.get('nilai_negosiasi')}, nilai_kontrak {versions[0].get('nilai_kontrak')}"
            self.books.find("price_differs_from_award", [row, versions[0]], detail)

    def _check(self) -> None:
        """What of the rows does not meet."""
        if self.notice is None:
            self.books.find("no_announcement", self.all_rows, f"{self.kind.number} {self.number}")
            if self.unit is None:
                self.books.find("unknown_unit", self.all_rows[:1], f"{self.kind.number} {self.number}")
        else:
            self._check_notice(self.notice)
        for row in self.steps:
            if when(row, "tgl_akhir") < when(row, "tgl_awal"):
                self.books.find("dates_out_of_order", [row], "tgl_akhir before tgl_awal")

    def _check_notice(self, notice: Row) -> None:
        if not self.steps:
            self.books.find("no_schedule", [notice])
        if amount_of(notice, "hps") > amount_of(notice, "pagu"):
            self.books.find("estimate_above_budget", [notice], f"hps {notice.get('hps')}, pagu {notice.get('pagu')}")
        if notice.get(self.kind.status) == mapping.FAILED and self.winners:
            self.books.find("failed_with_result", [notice, *self.winners])
        if notice.get(self.kind.status) == mapping.FINISHED:
            if not self.results:
                self.books.find("no_result", [notice])
            if notice.get("ket_ditutup"):
                self.books.find("reason_of_earlier_version", [notice], notice.get("ket_ditutup")[:200])
        if notice.get("ket_diulang"):
            self.books.find("reason_of_earlier_version", [notice], notice.get("ket_diulang")[:200])
        for row in self.results:
            self.books.compare(row, "pagu", notice, "pagu")
            self.books.compare(row, "hps", notice, "hps")
            days = when(row, self.kind.noticed_in_result)[:10], when(notice, self.kind.announced)[:10]
            if all(days) and days[0] != days[1]:
                self.books.find("dates_differ", [row, notice], f"announced {days[0]}, {days[1]}")
        first = next((row for row in self.steps if _step(row).begins), None)
        if first is not None and when(first, "tgl_awal") != when(notice, self.kind.announced):
            detail = f"announced {when(notice, self.kind.announced)}, first step {when(first, 'tgl_awal')}"
            self.books.find("dates_differ", [notice, first], detail)

    def _relate(self, name: str, relationship: str, process: str) -> dict[str, Any]:
        ocid = f"{self.books.options.ocid_prefix}-{process}"
        return {"relatedProcesses": [{"id": name, "relationship": [relationship], "scheme": "ocid", "identifier": ocid}]}


def pair_retenders(processes: Iterable[Process]) -> Iterator[tuple[Process, Process]]:
    """(earlier, later) of the tenders of one package, by when they were announced."""
    packages: dict[str, list[Process]] = defaultdict(list)
    for process in processes:
        if process.package and process.announced:
            packages[process.package].append(process)
    for found in packages.values():
        found.sort(key=lambda process: (process.announced, len(process.number), process.number))
        yield from pairwise(found)


def _step(row: Row) -> Step:
    """What is known of a step's number; nothing, of a number that is not listed."""
    return STEPS.get(row.get("kd_akt"), Step())


def _letter(row: Row) -> list[Part]:
    """The letter of appointment (SPPBJ) that a contract's row names, if it does."""
    return [Part(row, "letter")] if row.get("sppbj_id") else []


def _version(row: Row) -> int:
    return int(row.get("versi_addendum") or 0)
