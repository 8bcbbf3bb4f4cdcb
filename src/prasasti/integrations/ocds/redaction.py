"""Personal data leaves a release before anything is signed or written.

Owns: the table of register schemes, who counts as a natural person, and the rewriting of one release. Does not own: the key (a
secret of the publisher, apart from its signing key), the check that the release is valid (it must be, before it comes here).

What is done, and counted (version 1):
1. `contactPoint` goes whole, wherever it stands; so does the former value of one in an amendment.
2. A natural person is known by the scheme of a register number. The number becomes HMAC-SHA256(key, its digits) in hex, so that one
   person keeps one mark in this publisher's releases only; the scheme becomes the mark's, each name the rule's word; the address,
   further identifiers and the identifier's link go.
3. A beneficial owner is a natural person by definition, whatever the scheme: the same, and e-mail, telephone and fax go.
4. Where a number or name taken away stands in any other text of the release (a title, a link, another id), it is replaced there too.
A scheme that the table does not list is kept and named in the report.
"""

from __future__ import annotations

import hmac
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec

from prasasti.core.types import require
from prasasti.integrations.ocds import model
from prasasti.integrations.ocds.canonical import Number, encode_json, join_path
from prasasti.integrations.ocds.checking import DATE_TIME, object_shape
from prasasti.integrations.ocds.problems import Notice

REDACTION_VERSION: Final = 1


NOTHING: Final = "(?!)"


class SchemeRule(msgspec.Struct, frozen=True):
    """One row of the table of schemes. Patterns match the whole of a number, its letters and ASCII digits alone (`_bare`).

    `scheme` matches an identifier's scheme, whatever its case; `prefix` what may stand before the number. `opaque` is a value that no
    longer says who it is; `doubtful` may be a person's number with a slip in it, and goes although the name stays. `normalize`: an
    organisation's number is written bare, and one that matches `short` with a leading zero. `legal_forms`: a supplier's name without
    one is neither known as a firm's nor as a person's, and is listed.
    """

    scheme: str
    persons: str
    organisations: str
    mark_scheme: str
    word: str
    prefix: str = NOTHING
    opaque: str = NOTHING
    doubtful: str = NOTHING
    normalize: bool = False
    short: str = NOTHING
    legal_forms: str = ""


SCHEME_RULES: Final = (
    SchemeRule(
        scheme="ID.*",
        prefix="NIK|NIB|NPWP|KTP",
        persons="[1-9][0-9]{15}",
        organisations="[0-9]{13}|0[0-9]{15}|[0-9]{15}",
        mark_scheme="ID-PERORANGAN",
        word="perorangan",
        opaque="h[0-9a-f]{16}",
        doubtful="[0-9]{14,}",
        normalize=True,
        short="[0-9]{15}",
        legal_forms=r"(?i)\b(?:PT|CV|Koperasi|Firma|Perum|Perumda|Persero|Perseroda|Yayasan)\b",
    ),
    SchemeRule(
        scheme="PT-NIPPC|PT-NIPC|PT-NIF|PT-PESSOA",
        prefix="PT|NIF|NIPC",
        persons="[123][0-9]*",
        organisations="[0456789][0-9]*",
        mark_scheme="PT-PESSOA",
        word="pessoa singular",
    ),
)
"""Indonesia: NIB 13 digits, NPWP 16 with a leading 0 or 15, any other 16 digits a NIK. Portugal: NIF, a natural person's 1, 2 or 3."""

UNLISTED_OWNER: Final = SchemeRule(scheme=NOTHING, persons=NOTHING, organisations=NOTHING, mark_scheme="PERSON", word="natural person")
"""A beneficial owner whose identifier has a scheme that the table does not list, or who has none."""

_MARK: Final = re.compile("[0-9a-f]{64}")
_SEPARATOR: Final = r"[\W_]?"
_NAME_PART: Final = re.compile(r"[^\W_]+")
_NAME_AND_TITLE: Final = re.compile(r"\s*[,;(/]\s*|\s+[–-]\s+")
_ADDRESSED: Final = re.compile("name|identifier|address|id$", re.IGNORECASE)
MIN_NUMBER_IN_TEXT: Final = 5
MIN_NUMBER_WITHIN_DIGITS: Final = 9
MIN_NAME_IN_TEXT: Final = 4
"""Shorter numbers and names are replaced where they identify a party, and not searched for in other texts."""
MAX_REMEMBERED_CHARACTERS: Final = 100


class Redaction(msgspec.Struct, frozen=True):
    """What was taken out of one release: counts, and notices with a path but never with the value itself.

    `persons` are different natural persons; `parties` their entries in `parties`, `references` elsewhere; `numbers`, `names`,
    `addresses`, `further_identifiers` what was replaced or removed there; `texts` other texts in which one of their numbers or names
    stood; `owners` beneficial owners; `former_values` of amendments. `unlisted_schemes` were kept: (scheme, how many identifiers),
    parties without any under "".
    `remaining` is the path at which a number still stands, empty when none does: such a release must not be recorded.
    """

    persons: int = 0
    parties: int = 0
    references: int = 0
    owners: int = 0
    numbers: int = 0
    names: int = 0
    addresses: int = 0
    further_identifiers: int = 0
    contact_points: int = 0
    owner_contacts: int = 0
    former_values: int = 0
    texts: int = 0
    normalized_numbers: int = 0
    unlisted_schemes: tuple[tuple[str, int], ...] = ()
    notices: tuple[Notice, ...] = ()
    remaining: str = ""


class Judgement(msgspec.Struct, frozen=True):
    """`kind`: person, marked (a person already redacted), organisation, opaque, doubtful, unrecognised, unlisted."""

    kind: str
    bare: str = ""
    rule: SchemeRule | None = None


def judge_number(scheme: str, number: str, rules: tuple[SchemeRule, ...] = SCHEME_RULES) -> Judgement:
    """Whose number it is, by the first row whose scheme matches."""
    # The same few thousand parties come again and again. Longer texts are no numbers, and would fill the memory.
    is_short = len(scheme) + len(number) <= MAX_REMEMBERED_CHARACTERS
    return _judge_short(scheme, number, rules) if is_short else _judge(scheme, number, rules)


def _judge(scheme: str, number: str, rules: tuple[SchemeRule, ...]) -> Judgement:
    scheme = scheme.strip()
    rule = next((rule for rule in rules if re.fullmatch(rule.scheme, scheme, re.IGNORECASE)), None)
    if rule is None:
        return Judgement("unlisted", number)
    if scheme.upper() == rule.mark_scheme and _MARK.fullmatch(number):
        return Judgement("marked", number, rule)
    bare = _bare(rule, number)
    patterns = {"person": rule.persons, "organisation": rule.organisations, "opaque": rule.opaque, "doubtful": rule.doubtful}
    return Judgement(next((kind for kind, pattern in patterns.items() if re.fullmatch(pattern, bare)), "unrecognised"), bare, rule)


_judge_short: Final = lru_cache(maxsize=10_000)(_judge)


def _bare(rule: SchemeRule, number: str) -> str:
    """Letters and ASCII digits of a number, however it is typed: spaces of any kind, full width, signs without width, a prefix."""
    plain = "".join(_plain_digit(character) for character in unicodedata.normalize("NFKC", number) if character.isalnum())
    return re.sub(rf"\A(?i:{rule.prefix})(?=[0-9])", "", plain)


def _plain_digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def compute_mark(key: bytes, bare_number: str) -> str:
    """HMAC-SHA256 of the number's characters, hex: the same person has the same mark under the same key."""
    return hmac.digest(key, bare_number.encode("utf-8"), "sha256").hex()


def redact_release(
    release: dict[str, Any], key: bytes, *, default_scheme: str = "", rules: tuple[SchemeRule, ...] = SCHEME_RULES
) -> tuple[dict[str, Any], Redaction]:
    """A valid release without personal data, and what was taken out; the given release stays as it is.

    `default_scheme` judges parties that name no scheme (an Indonesian source: `ID`); without it they are kept and listed.
    """
    search = _Search(key, default_scheme, rules)
    search.run(release)
    writer = _Writer(search)
    redacted: dict[str, Any] = writer.write(release, "")
    return redacted, Redaction(
        **writer.counts,
        persons=sum(person.is_new for person in search.persons.values()),
        unlisted_schemes=tuple(sorted((scheme, count) for scheme, count in search.schemes.items() if count)),
        notices=tuple(search.notices),
        remaining=_find_remaining(redacted, search.marks),
    )


def _find_remaining(redacted: dict[str, Any], marks: Iterable[str]) -> str:
    """The last check: where a number still stands (a number token, say), so that the release is refused."""
    numbers = {number for number in marks if len(number) >= MIN_NUMBER_WITHIN_DIGITS}
    lengths = {len(number) for number in numbers}
    runs = re.findall("[0-9A-Za-z]+", encode_json(redacted).decode("utf-8")) if numbers else ()
    windows = (run[at : at + length] for run in runs for length in lengths for at in range(len(run) - length + 1))
    number = next((window for window in windows if window in numbers), "")
    return _find_path(redacted, number, "") or "(a key)" if number else ""


def _find_path(value: Any, number: str, path: str) -> str:
    if isinstance(value, dict):
        return next(filter(None, (_find_path(item, number, join_path(path, key)) for key, item in value.items())), "")
    if isinstance(value, list):
        return next(filter(None, (_find_path(item, number, f"{path}[{index}]") for index, item in enumerate(value))), "")
    return path if isinstance(value, str | Number) and number in str(value) else ""


def _names_of_fields(wanted: type[model.Model], struct: type[model.Model], seen: set[type[model.Model]]) -> Iterator[str]:
    for name, shape in object_shape(struct).fields.items():
        inner = (shape.item or shape).struct
        if inner is wanted:
            yield name
        if inner is not None and inner not in seen:
            seen.add(inner)
            yield from _names_of_fields(wanted, inner, seen)


def _fields_that_hold(*wanted: type[model.Model]) -> frozenset[str]:
    return frozenset(name for struct in wanted for name in _names_of_fields(struct, model.Release, set()))


PARTY_FIELDS: Final = _fields_that_hold(model.Organization, model.OrganizationReference)
OWNER_FIELDS: Final = _fields_that_hold(model.Person)
IDENTIFIER_FIELDS: Final = _fields_that_hold(model.Identifier)


def _role(field: str, value: dict[str, Any]) -> str:
    """What an object is: by the field it stands in, or by its own fields where an amendment quotes it."""
    if field in OWNER_FIELDS:
        return "owner"
    if field in PARTY_FIELDS or isinstance(value.get("identifier"), dict) or (field == "former_value" and "name" in value):
        return "party"
    return "identifier" if field in IDENTIFIER_FIELDS or {"scheme", "id", "legalName"} <= value.keys() else ""


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | Number) else ""


def _names(node: dict[str, Any]) -> Iterator[str]:
    """The names of a party or identifier, in whatever language they are given."""
    for field, value in node.items():
        if isinstance(value, str) and field.partition("_")[0] in ("name", "legalName"):
            yield value
        elif field == "identifier" and isinstance(value, dict):
            yield from _names(value)


class _Person(msgspec.Struct, eq=False):
    rule: SchemeRule
    mark: str
    is_new: bool
    names: set[str] = msgspec.field(default_factory=set)


class _Search:
    """The first walk over a release: who is in it, under which numbers and names. Objects are known by their id()."""

    def __init__(self, key: bytes, default_scheme: str, rules: tuple[SchemeRule, ...]) -> None:
        self.key = key
        self.default_scheme = default_scheme
        self.rules = rules
        self.persons: dict[tuple[str, str], _Person] = {}
        self.person_of_node: dict[int, _Person] = {}
        self.judgements: dict[int, Judgement] = {}
        self.marks: dict[str, str] = {}
        self.schemes: Counter[str] = Counter()
        self.notices: list[Notice] = []

    def run(self, release: dict[str, Any]) -> None:
        nodes = list(self._walk(release, "", ""))
        person_of_id: dict[str, _Person] = {}
        identified: set[str] = set()
        for role, path, node in nodes:
            if role == "identifier":
                self._judge_identifier(node, path)
                continue
            judged = self._judge_all(node, path)
            if judged:
                identified.add(_text(node.get("id")))
            person = self._judge_node(role, path, node, judged)
            if person is not None:
                self.person_of_node[id(node)] = person
                if role == "party":
                    person_of_id[_text(node.get("id"))] = person
        person_of_id.pop("", None)
        self.schemes[""] += sum(role == "party" and _text(node.get("id")) not in identified for role, _, node in nodes)
        for role, _, node in nodes:
            person = self.person_of_node.get(id(node)) or (person_of_id.get(_text(node.get("id"))) if role == "party" else None)
            if person is not None:
                self.person_of_node[id(node)] = person
                person.names.update(_names(node))

    def _walk(self, value: Any, field: str, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every party, owner and identifier; a party's own identifiers are judged with it."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._walk(item, field, f"{path}[{index}]")
        elif isinstance(value, dict):
            role = _role(field, value)
            if role:
                yield role, path, value
            for name, item in value.items():
                if isinstance(item, dict | list) and not (role in ("party", "owner") and name in ("identifier", "additionalIdentifiers")):
                    yield from self._walk(item, name, join_path(path, name))

    def _judge_all(self, node: dict[str, Any], path: str) -> list[Judgement]:
        """One judgement for each number by which a party or owner is identified; none where there is no identifier."""
        further = node.get("additionalIdentifiers")
        identifiers = [node.get("identifier"), *(further if isinstance(further, list) else [])]
        judged = [self._judge_identifier(identifier, path) for identifier in identifiers if isinstance(identifier, dict)]
        if all(judgement.rule is None for judgement in judged):
            judged.append(self._judge_own_id(node))
        return [judgement for judgement in judged if judgement.bare]

    def _judge_node(self, role: str, path: str, node: dict[str, Any], judged: list[Judgement]) -> _Person | None:
        """The natural person that a party or owner is, or None."""
        known = next((one for one in judged if one.kind in ("person", "marked", "organisation")), None)
        if role == "owner":
            return self._owner(node, known, judged)
        if known is not None and known.kind != "organisation":
            return self._person(known)
        self._note_name_without_legal_form(node, judged, path)
        return None

    def _judge_identifier(self, identifier: dict[str, Any], path: str) -> Judgement:
        scheme, number = _text(identifier.get("scheme")) or self.default_scheme, _text(identifier.get("id"))
        if not number:
            return Judgement("unlisted")
        judgement = judge_number(scheme, number, self.rules)
        self.judgements[id(identifier)] = judgement
        if judgement.rule is None:
            self.schemes[scheme] += 1
        if judgement.kind in ("unrecognised", "doubtful"):
            self.notices.append(Notice(path, "number_not_recognised", scheme[:100]))
        self._note_mark(judgement)
        return judgement

    def _judge_own_id(self, node: dict[str, Any]) -> Judgement:
        """A party that names no listed scheme, by an id of the form `<scheme>-<number>`, or by the source's default scheme."""
        own = _text(node.get("id"))
        splits = [(own[:at], own[at + 1 :]) for at, character in enumerate(own) if character == "-"]
        if self.default_scheme and not isinstance(node.get("identifier"), dict):
            splits.append((self.default_scheme, own))
        judged = (judge_number(scheme, number, self.rules) for scheme, number in splits)
        judgement = next((one for one in judged if one.kind not in ("unlisted", "unrecognised")), Judgement("unlisted"))
        self._note_mark(judgement)
        return judgement

    def _note_mark(self, judgement: Judgement) -> None:
        if judgement.kind in ("person", "doubtful"):
            self.marks[judgement.bare] = compute_mark(self.key, judgement.bare)

    def _person(self, judgement: Judgement) -> _Person:
        rule = require(judgement.rule, "the rule by which a number was judged")
        is_new = judgement.kind != "marked"
        mark = self.marks[judgement.bare] if is_new else judgement.bare
        return self.persons.setdefault((rule.mark_scheme, mark), _Person(rule, mark, is_new))

    def _owner(self, node: dict[str, Any], known: Judgement | None, judged: list[Judgement]) -> _Person:
        """A beneficial owner: by a listed number, else by whatever number is given, else by the place in the release alone."""
        if known is not None and known.kind != "organisation":
            return self._person(known)
        numbers = [bare for one in judged if (bare := _bare(UNLISTED_OWNER, one.bare))]
        if not numbers:
            name = next(_names(node), "")
            is_new = name != UNLISTED_OWNER.word
            return self.persons.setdefault(("", name or str(id(node))), _Person(UNLISTED_OWNER, "", is_new))
        already = UNLISTED_OWNER.mark_scheme == _text((node.get("identifier") or {}).get("scheme")) and _MARK.fullmatch(numbers[0])
        if already:
            return self._person(Judgement("marked", numbers[0], UNLISTED_OWNER))
        for number in numbers:
            self.marks[number] = compute_mark(self.key, number)
        return self._person(Judgement("person", numbers[0], UNLISTED_OWNER))

    def _note_name_without_legal_form(self, node: dict[str, Any], judged: list[Judgement], path: str) -> None:
        roles = node.get("roles")
        if not isinstance(roles, list) or not {"supplier", "tenderer"} & set(map(str, roles)):
            return
        rule = next((one.rule for one in judged if one.rule is not None), None) or judge_number(self.default_scheme, "", self.rules).rule
        name = _text(node.get("name"))
        if rule is not None and rule.legal_forms and name and not re.search(rule.legal_forms, name):
            self.notices.append(Notice(path, "name_without_legal_form"))


class _Writer:
    """The second walk: writes the release again without what the first one found, counting."""

    def __init__(self, search: _Search) -> None:
        self.search = search
        self.counts: Counter[str] = Counter()
        self.has_persons = bool(search.persons or search.marks)
        self.numbers = _Numbers(search.marks)
        self.names = _Names(
            {
                form: person.rule.word
                for person in search.persons.values()
                for name in person.names - {person.rule.word}
                for form in _forms(name)
            }
        )

    def write(self, value: Any, field: str) -> Any:
        if isinstance(value, str):
            return self._write_text(value)
        if isinstance(value, list):
            return self._write_list(value, field)
        if not isinstance(value, dict):
            return value
        person = self.search.person_of_node.get(id(value))
        if person is not None:
            return self._write_person(value, person, field)
        judgement = self.search.judgements.get(id(value))
        if judgement is not None:
            return self._write_identifier(value, judgement)
        if "former_value" in value and self._is_former_personal(value):
            self.counts["former_values"] += 1
            value = {name: item for name, item in value.items() if name != "former_value"}
        if "contactPoint" in value:
            self.counts["contact_points"] += 1
        fields = {name: item for name, item in value.items() if name != "contactPoint"}
        # A text is changed only where persons' numbers and names are looked for in it.
        inner = fields.items() if self.has_persons else [field for field in fields.items() if isinstance(field[1], dict | list)]
        fields.update([(name, self.write(item, name)) for name, item in inner])
        return fields

    def _write_list(self, value: list[Any], field: str) -> list[Any]:
        """Two entries that differed only in what was taken out become one, since the standard wants the items of a list to differ."""
        taken_out = self.counts.total()
        written = [self.write(item, field) for item in value]
        if self.counts.total() == taken_out or len(written) < 2 or not all(isinstance(item, dict) for item in written):
            return written
        distinct = {encode_json(item): item for item in written}
        if len(distinct) == len(written) or len({encode_json(item) for item in value}) < len(value):
            return written
        return list(distinct.values())

    def _write_person(self, node: dict[str, Any], person: _Person, field: str) -> dict[str, Any]:
        if person.is_new:
            self.counts["parties" if field == "parties" else "owners" if field in OWNER_FIELDS else "references"] += 1
        written: dict[str, Any] = {}
        for name, value in node.items():
            if name == "contactPoint":
                self.counts["contact_points"] += 1
            elif name in ("email", "telephone", "faxNumber"):
                self.counts["owner_contacts"] += 1
            elif name == "address":
                self.counts["addresses"] += 1
            elif name == "additionalIdentifiers":
                self.counts["further_identifiers"] += len(value)
            elif name == "identifier" and isinstance(value, dict):
                written[name] = self._write_persons_identifier(value, person)
            elif name == "id":
                written[name] = self._write_id(value, person)
            elif name.partition("_")[0] == "name" and isinstance(value, str):
                written[name] = self._write_name(value, person)
            else:
                written[name] = self.write(value, name)
        return written

    def _write_persons_identifier(self, identifier: dict[str, Any], person: _Person) -> dict[str, Any]:
        written: dict[str, Any] = {"scheme": person.rule.mark_scheme}
        if person.mark:
            written["id"] = person.mark
            self.counts["numbers"] += _text(identifier.get("id")) not in ("", person.mark)
        for name, value in identifier.items():
            if name.partition("_")[0] == "legalName":
                written[name] = self._write_name(value, person) if isinstance(value, str) else value
        return written

    def _write_name(self, name: str, person: _Person) -> str:
        self.counts["names"] += name != person.rule.word
        return person.rule.word

    def _write_id(self, value: Any, person: _Person) -> Any:
        """The id by which a release refers to a person: the number becomes the mark, with the mark's scheme where one leads."""
        own = _text(value)
        for at in [-1, *(at for at, character in enumerate(own) if character == "-")]:
            mark = self.search.marks.get(_bare(person.rule, own[at + 1 :]))
            if mark is not None and (at < 0 or re.fullmatch(person.rule.scheme, own[:at], re.IGNORECASE)):
                return mark if at < 0 else f"{person.rule.mark_scheme}-{mark}"
        return self._write_text(value) if isinstance(value, str) else value

    def _write_identifier(self, identifier: dict[str, Any], judgement: Judgement) -> dict[str, Any]:
        """An identifier that stands alone, or is an organisation's."""
        rule = judgement.rule
        if rule is not None and judgement.kind in ("person", "marked"):
            return self._write_persons_identifier(identifier, self.search._person(judgement))
        written = {name: self.write(value, name) for name, value in identifier.items()}
        if judgement.kind == "doubtful":
            self.counts["numbers"] += 1
            written.pop("id")
            written.pop("uri", None)
        if rule is not None and judgement.kind == "organisation" and rule.normalize:
            number = "0" + judgement.bare if re.fullmatch(rule.short, judgement.bare) else judgement.bare
            self.counts["normalized_numbers"] += number != _text(identifier["id"])
            written["id"] = number
        return written

    def _is_former_personal(self, change: dict[str, Any]) -> bool:
        """Whether an amendment's change quotes a contact point, or a field of a party in a release that names natural persons."""
        changed = _text(change.get("property"))
        return "contactPoint" in changed or (self.has_persons and _ADDRESSED.search(changed) is not None)

    def _write_text(self, value: str) -> str:
        if not self.has_persons or DATE_TIME.fullmatch(value):
            return value
        written = self._replace(value)
        if "%" in written:
            decoded = unquote(written)
            replaced = self._replace(decoded)
            written = written if replaced == decoded else quote(replaced, safe="%/:?#[]@!$&'()*+,;=")
        if "&" in written:
            decoded = html.unescape(written)
            replaced = self._replace(decoded)
            written = written if replaced == decoded else html.escape(replaced, quote=False)
        self.counts["texts"] += written != value
        return written

    def _replace(self, text: str) -> str:
        return self.numbers.replace(self.names.replace(text))


def _forms(name: str) -> Iterator[str]:
    """A name, and the part before a title or trade where that part is a name of its own (`… Costa, Arquitecto`)."""
    yield name
    first = _NAME_AND_TITLE.split(name, maxsplit=1)[0]
    if len(_NAME_PART.findall(first)) > 1:
        yield first


def _key_of_name(name: str) -> tuple[str, ...]:
    return tuple(_fold(part) for part in _NAME_PART.findall(unicodedata.normalize("NFC", name)))


def _fold(part: str) -> str:
    """A part of a name in lower case and without accents, which who types a title or a link leaves out."""
    return "".join(character for character in unicodedata.normalize("NFKD", part.casefold()) if not unicodedata.combining(character))


class _Names:
    """Names as they stand in texts: their parts with anything but letters and digits between them, in any case, not within a word.

    The work grows with the text and not with the number of names: a release may name thousands of persons.
    """

    def __init__(self, words: dict[str, str]) -> None:
        keys = {_key_of_name(name): word for name, word in words.items()}
        self.words = {key: word for key, word in keys.items() if sum(map(len, key)) >= MIN_NAME_IN_TEXT}
        self.lengths: dict[str, list[int]] = {}
        for key in sorted(self.words, key=len, reverse=True):
            lengths = self.lengths.setdefault(key[0], [])
            if len(key) not in lengths:
                lengths.append(len(key))

    def replace(self, text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        parts = list(_NAME_PART.finditer(composed))
        folded = [_fold(part[0]) for part in parts]
        written: list[str] = []
        done = at = 0
        while at < len(parts):
            for length in self.lengths.get(folded[at], ()):
                word = self.words.get(tuple(folded[at : at + length])) if at + length <= len(parts) else None
                if word is not None:
                    written += [composed[done : parts[at].start()], word]
                    done = parts[at + length - 1].end()
                    at += length
                    break
            else:
                at += 1
        return "".join([*written, composed[done:]]) if written else text


class _Numbers:
    """Numbers as they stand in texts, with or without separators; a short one not within a longer number, where it would be chance."""

    def __init__(self, marks: dict[str, str]) -> None:
        keys = {_without_separators(number): mark for number, mark in marks.items()}
        self.marks = {key: mark for key, mark in keys.items() if len(key) >= MIN_NUMBER_IN_TEXT}
        self.lengths = sorted({len(key) for key in self.marks}, reverse=True)
        character = r"\d" if all(re.fullmatch("[0-9]+", key) for key in self.marks) else r"[^\W_]"
        self.run = re.compile(rf"{character}(?:{_SEPARATOR}{character})*")

    def replace(self, text: str) -> str:
        written: list[str] = []
        done = 0
        for run in self.run.finditer(text) if self.marks else ():
            for start, end, mark in self._find(text, run):
                written += [text[done:start], mark]
                done = end
        return "".join([*written, text[done:]]) if written else text

    def _find(self, text: str, run: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        """Start, end and mark of each known number within a run of characters and separators."""
        places = [at for at in range(run.start(), run.end()) if text[at].isalnum()]
        bare = "".join(_plain_digit(text[at]) for at in places)
        at = 0
        while at < len(bare):
            for length in self.lengths:
                mark = self.marks.get(bare[at : at + length].upper()) if at + length <= len(bare) else None
                if mark is None:
                    continue
                start, end = places[at], places[at + length - 1] + 1
                if length >= MIN_NUMBER_WITHIN_DIGITS or _stands_alone(text, start, end):
                    yield start, end, mark
                    at += length
                    break
            else:
                at += 1


def _without_separators(number: str) -> str:
    return "".join(_plain_digit(character) for character in number if character.isalnum()).upper()


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not any(map(str.isalnum, text[max(start - 1, 0) : start] + text[end : end + 1]))
