"""Importing open contracting data: files in, attested releases on the ledger, a report whose counts add up.

Owns the order: read, mend, validate, redact, store the document, sign, record. Nothing personal is written or signed
before redaction. A document is durable before its envelope is sent, and a release is counted when its receipt is
back: an interruption loses nothing, and a repetition finds what is recorded and adds nothing. What the contract would
refuse is not sent: the refusal would stay in the log, and a repetition would add another.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_letters, digits
from typing import Any, Literal, get_args

import msgspec

from prasasti.contracts.procurement.checks import is_recorded
from prasasti.contracts.procurement.parameters import MAX_VERSIONS
from prasasti.contracts.procurement.records import ReleaseRecord, release_key
from prasasti.contracts.procurement.rejections import NOT_PUBLISHER, TOO_MANY_VERSIONS
from prasasti.core.admission import Inadmissible
from prasasti.core.envelope import Payload, sign_envelope
from prasasti.core.envelope import Signer as PayloadSigner
from prasasti.core.genesis import OrganisationRecord
from prasasti.integrations.ocds.attestation import AttestationSettings, PreparedRelease, RefusedRelease, prepare_release
from prasasti.integrations.ocds.canonical import encode_json, parse_json
from prasasti.integrations.ocds.money import Total, add_totals, sum_money
from prasasti.integrations.ocds.problems import Problem
from prasasti.integrations.ocds.reading import SourceEvent, SourceNotice, SourceProblem, SourceRelease, read_releases
from prasasti.integrations.signers import Signer
from prasasti.services.ledger import Answer, Ledger
from prasasti.services.personal_data import PATTERNS, find_personal_data
from prasasti.storage.connection import StorageProblem

BATCH_RELEASES = 2_000
BATCH_BYTES = 8 * 2**20
"""Of documents: so much is in memory at once, and lost when an import is interrupted; a repetition makes it anew."""

EXPIRY_SECONDS = 3_600
OCID_PREFIX_LENGTH = 11
PUBLISHER_ROLE = "procurement.publisher"
ATTEST_ACTION = "procurement.attest_release"

Kind = Literal["recorded", "unchanged", "updated", "contradictions", "refused"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_OF_EVENT: dict[str, Kind] = {
    "procurement.release_attested": "recorded",
    "procurement.release_updated": "updated",
    "procurement.release_contradicted": "contradictions",
}
COUNTED_REDACTIONS = (
    "persons", "parties", "references", "owners", "numbers", "names", "addresses", "further_identifiers",
    "contact_points", "owner_contacts", "former_values", "texts", "normalized_numbers",
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """How often something was seen, and where first."""

    count: int
    where: str


@dataclass(slots=True)
class ImportReport:
    """What became of every release read: the kinds add up to ``read``. Tallies are keyed by (code, detail).

    ``file_problems`` are (file and byte, problem): reading the file ended there.
    """

    read: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    notices: dict[tuple[str, str], Seen] = field(default_factory=dict)
    refusals: dict[tuple[str, str], Seen] = field(default_factory=dict)
    file_problems: list[tuple[str, Problem]] = field(default_factory=list)
    redactions: Counter[str] = field(default_factory=Counter)
    unlisted_schemes: Counter[str] = field(default_factory=Counter)
    money: dict[tuple[str, str], Total] = field(default_factory=dict)

    @property
    def accounted(self) -> int:
        """Releases whose fate is known."""
        return sum(self.kinds.values())

    @property
    def is_clean(self) -> bool:
        """Whether everything read is on the ledger and nothing of the files was left unread."""
        return not self.file_problems and not self.kinds["refused"] and self.read == self.accounted


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a release; ``prepared`` is None where it was refused before it was redacted."""

    event: SourceRelease
    kind: Kind
    prepared: PreparedRelease | None


_Prepared = tuple[str, SourceRelease, PreparedRelease]


@dataclass(frozen=True, slots=True)
class Importer:
    """A ledger, and the publisher in whose name releases are recorded."""

    ledger: Ledger
    signer: Signer
    settings: AttestationSettings
    strip: Callable[[Any], Any] | None = None
    """What of a release does not count when it is compared with what is recorded under its id (row numbers, say)."""
    keep_texts: bool = False
    """Record releases whose texts look like holding personal data, with a notice, instead of refusing them."""

    def run(self, paths: Sequence[Path], encoding: str | None = None, progress: Callable[[int, int], None] | None = None) -> ImportReport:
        """Read, redact, record all releases of files, in batches; see the module for what an interruption leaves."""
        return self.run_events(_read_files(paths, encoding, progress))

    def run_events(self, events: Iterable[SourceEvent], settle: Callable[[Settled], None] | None = None) -> ImportReport:
        """The same for releases from anywhere; ``settle`` is told what became of each, when it is known."""
        report = ImportReport()
        prefixes = self._list_prefixes()
        batch: list[_Prepared] = []
        size = 0
        for event in events:
            prepared = self._prepare(event, prefixes, report)
            if prepared is not None:
                batch.append(prepared)
                size += prepared[2].size
            elif settle is not None and isinstance(event, SourceRelease):
                settle(Settled(event, "refused", None))
            if len(batch) >= BATCH_RELEASES or size >= BATCH_BYTES:
                self._record(batch, report, settle)
                batch, size = [], 0
        self._record(batch, report, settle)
        return report

    def _list_prefixes(self) -> tuple[str, ...]:
        organisation = self.ledger.state.get(f"identity/organisation/{self.settings.publisher}", OrganisationRecord)
        return tuple(organisation.ocid_prefixes) if organisation is not None else ()

    def _prepare(self, event: SourceEvent, prefixes: tuple[str, ...], report: ImportReport) -> _Prepared | None:
        """One event of a file: a release made ready, or what to report instead."""
        if isinstance(event, SourceNotice):
            _tally(report.notices, event.notice.notice, event.notice.detail, Path(event.file).name)
            return None
        if isinstance(event, SourceProblem):
            where = f"{Path(event.file).name}, byte {event.offset}"
            if event.position == 0:
                report.file_problems.append((where, event.problem))
                return None
            report.read += 1
            report.kinds["refused"] += 1
            _tally(report.refusals, event.problem.problem, event.problem.path, where)
            return None
        report.read += 1
        where = event.where or f"{Path(event.file).name}, release {event.position}"
        prepared = prepare_release(event.release, self.settings)
        for notice in prepared.notices:
            _tally(report.notices, notice.notice, notice.detail, f"{where}, {notice.path}")
        if isinstance(prepared, RefusedRelease):
            report.kinds["refused"] += 1
            for problem in prepared.problems:
                _tally(report.refusals, problem.problem, problem.detail, f"{where}, {problem.path}")
            return None
        found = [] if _is_surely_free(prepared.document) else list(find_personal_data(prepared.release, ""))
        for path, what in found:
            _tally(report.notices if self.keep_texts else report.refusals, "personal_data_in_text", what, f"{where}, {path.lstrip('.')}")
        if found and not self.keep_texts:
            report.kinds["refused"] += 1
            return None
        if not prepared.ocid.startswith(prefixes):
            report.kinds["refused"] += 1
            _tally(report.refusals, NOT_PUBLISHER.number, prepared.ocid[:OCID_PREFIX_LENGTH], where)
            return None
        _count_redactions(report, prepared)
        report.money = add_totals(report.money, sum_money([prepared.release]))
        return where, event, prepared

    def _record(self, batch: Sequence[_Prepared], report: ImportReport, settle: Callable[[Settled], None] | None) -> None:
        """Store the documents of what is new, then send its envelopes; each answer counts its release.

        A source may hold a release twice, say in a package and in a record: the second is not sent.
        """
        known = [self._find_known(prepared) for _, _, prepared in batch]
        fresh: dict[tuple[str, str, str], PreparedRelease] = {}
        for (_, _, prepared), kind in zip(batch, known, strict=True):
            if kind is None:
                fresh.setdefault(_identify(prepared), prepared)
        self.ledger.documents.put((prepared.document, prepared.media_type) for prepared in fresh.values())
        answers = dict(zip(fresh, self.ledger.submit([self._sign(prepared) for prepared in fresh.values()]), strict=True))
        for (where, event, prepared), kind in zip(batch, known, strict=True):
            answer = answers.get(_identify(prepared))
            kind = kind or (_kind_of(answer) if answer is not None else "unchanged")
            report.kinds[kind] += 1
            if kind == "refused":
                _tally(report.refusals, *_reason_of(answer), where)
            else:
                answers.pop(_identify(prepared), None)
            if kind == "contradictions":
                _tally(report.notices, "contradiction", f"{prepared.ocid} {prepared.release_id}", where)
            if settle is not None:
                settle(Settled(event, kind, prepared))

    def _find_known(self, prepared: PreparedRelease) -> Kind | None:
        """What becomes of a release that need not or must not be sent; None for one that is new.

        It may be recorded under its id, or under that by which its source was told apart at an earlier import
        (``release_id_from``).
        """
        ids = dict.fromkeys((prepared.release_id, prepared.sha256[:32], prepared.release["id"]))
        records = [self._find_record(prepared, release_id) for release_id in ids]
        if any(record is not None and is_recorded(record, prepared.sha256) for record in records):
            return "unchanged"
        record = records[0]
        if record is not None and self._says_the_same(record, prepared):
            return "unchanged"
        return "refused" if record is not None and len(record.versions) >= MAX_VERSIONS else None

    def _says_the_same(self, record: ReleaseRecord, prepared: PreparedRelease) -> bool:
        """Whether a version that is recorded differs only in what ``strip`` takes away."""
        if self.strip is None:
            return False
        said = encode_json(self.strip(prepared.release))
        documents = (self.ledger.documents.read(version.document) for version in record.versions)
        return any(said == encode_json(self.strip(parse_json(content.decode()))) for content in documents if content is not None)

    def _find_record(self, prepared: PreparedRelease, release_id: str) -> ReleaseRecord | None:
        return self.ledger.state.get(release_key(prepared.publisher, prepared.ocid, release_id), ReleaseRecord)

    def _sign(self, prepared: PreparedRelease) -> bytes:
        arguments = {
            "buyer": prepared.buyer,
            "date": prepared.date,
            "document": {"media_type": prepared.media_type, "sha256": prepared.sha256, "size": prepared.size},
            "ocid": prepared.ocid,
            "publisher": prepared.publisher,
            "redaction_version": prepared.redaction_version,
            "release_id": prepared.release_id,
            "suppliers": prepared.suppliers,
            "tag": prepared.tag,
        }
        payload = Payload(
            action=ATTEST_ACTION,
            actor=prepared.publisher,
            arguments=arguments,
            chain=self.ledger.chain,
            expires=self.ledger.now() + EXPIRY_SECONDS,
            nonce=secrets.token_hex(16),
            signers=[PayloadSigner(self.signer.public_key.hex(), PUBLISHER_ROLE)],
        )
        return sign_envelope(payload, [(self.signer.public_key, self.signer.sign)])


def _read_files(paths: Sequence[Path], encoding: str | None, progress: Callable[[int, int], None] | None) -> Iterator[SourceEvent]:
    done_bytes = 0
    total_bytes = sum(path.stat().st_size for path in paths)
    for path in paths:
        for event in read_releases(path, encoding=encoding):
            yield event
            if progress is not None and isinstance(event, SourceRelease):
                progress(min(done_bytes + event.offset, total_bytes), total_bytes)
        done_bytes += path.stat().st_size


# For a look at JSON text as a whole: digits become 0, letters x, what may hide something @, all else a bound.
_CLASSES = {**dict.fromkeys(digits, "0"), **dict.fromkeys(ascii_letters, "x"), **dict.fromkeys("@%&\\", "@")}
_ALIKE = bytes(ord(_CLASSES.get(chr(byte), "-" if byte < 128 else "@")) for byte in range(256))
_SUSPECTS = (b"@", b"-0000000000", b"000-000-000", b"000-0000-000", b"000-00000-000", b"000-000000-000")


def _is_surely_free(document: bytes) -> bool:
    """Whether a document holds no personal data, by its text as a whole; False decides nothing.

    Whatever a pattern fits is ten digits or more after a bound, or groups of digits, or is hidden. Where nothing is hidden, a
    pattern fits within a string only if it fits in the text: a quotation mark is a bound as the end of a string is.
    """
    alike = document.translate(_ALIKE)
    if not any(suspect in alike for suspect in _SUSPECTS):
        return True
    if b"@" in alike:
        return False
    text = document.decode("ascii")
    return not any(pattern.search(text) for _, pattern in PATTERNS)


def _identify(prepared: PreparedRelease) -> tuple[str, str, str]:
    return prepared.ocid, prepared.release_id, prepared.sha256


def _kind_of(answer: Answer) -> Kind:
    """What an answer says of its release; an accepted one without event was recorded before, by this very document."""
    if isinstance(answer, Inadmissible) or answer.refusal is not None:
        return "refused"
    events = msgspec.json.decode(answer.events, type=list[dict[str, Any]])
    return next((KIND_OF_EVENT[event["event"]] for event in events), "unchanged")


def _reason_of(answer: Answer | None) -> tuple[str, str]:
    if answer is None:
        return TOO_MANY_VERSIONS.number, ""
    if isinstance(answer, Inadmissible):
        return answer.code, answer.found
    return (answer.refusal.number if answer.refusal is not None else ""), ""


def _count_redactions(report: ImportReport, prepared: PreparedRelease) -> None:
    for name in COUNTED_REDACTIONS:
        report.redactions[name] += getattr(prepared.redaction, name)
    for scheme, count in prepared.redaction.unlisted_schemes:
        report.unlisted_schemes[scheme] += count


def _tally(seen: dict[tuple[str, str], Seen], code: str, detail: str, where: str) -> None:
    found = seen.setdefault((code, detail), Seen(0, where))
    found.count += 1


def read_redaction_key(path: Path) -> bytes:
    """A publisher's redaction key: hex digits of at least 32 bytes in a file of its own; StorageProblem."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as problem:
        raise StorageProblem(
            f"{path} cannot be read: {problem.strerror}; a publisher needs a redaction key ('prasasti key make --redaction FILE')"
        ) from problem
    except ValueError as problem:
        raise StorageProblem(f"{path} holds no redaction key: hex digits are expected") from problem
    if len(key) < 32:
        raise StorageProblem(f"{path} holds no redaction key: it has {len(key)} bytes, at least 32 are needed")
    return key
