"""The project's own typed model of an OCDS 1.1.5 release, the ten extensions of `extensions` merged in.

Owns what the standard says of each field: its name, its types, whether it is required, its closed codelist, its format. Written
from the standard's text; the official schema judges it in tests and is no part of the product. Does not own the checking of a
release (`checking`), nor how releases merge (`merge_rules`).

Field names are the standard's own, so that a path in a report is a path in the document. `UNSET` is an absent field, None is
JSON null where the standard allows it. Two facts that types cannot say stand in `extra`: `codelist` (closed), `format`, `unique`
(a list whose items differ), `translatable` (the field may come again with a language tag: `title_es`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

UNIQUE = Meta(extra={"unique": True})
UNIQUE_NOT_EMPTY = Meta(min_length=1, extra={"unique": True})
NOT_EMPTY = Meta(min_length=1)


def closed(codelist: str) -> Meta:
    """A code of a closed codelist, by the name of the standard's file."""
    return Meta(extra={"codelist": codelist})


DATE_TIME = Meta(extra={"format": "date-time"})
URI = Meta(extra={"format": "uri"})

Text = str | None | UnsetType
NotEmptyText = Annotated[str, NOT_EMPTY] | None | UnsetType
Translatable = Annotated[str, Meta(extra={"translatable": True})] | None | UnsetType
DateTime = Annotated[str, DATE_TIME] | None | UnsetType
Uri = Annotated[str, URI] | None | UnsetType
Amount = Decimal | None | UnsetType
Integer = int | None | UnsetType
Flag = bool | None | UnsetType
Codes = list[str] | None | UnsetType
RequiredId = Annotated[str, NOT_EMPTY] | int
RequiredText = Annotated[str, NOT_EMPTY]
Scalar = Annotated[str, NOT_EMPTY] | float | bool | None | UnsetType


class Model(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An object of the standard; a field that no subclass names is refused."""


class Value(Model):
    amount: Amount = UNSET
    currency: Annotated[str, closed("currency")] | None | UnsetType = UNSET


class Period(Model):
    startDate: DateTime = UNSET
    endDate: DateTime = UNSET
    maxExtentDate: DateTime = UNSET
    durationInDays: Integer = UNSET


class Identifier(Model):
    scheme: Text = UNSET
    id: str | int | None | UnsetType = UNSET
    legalName: Translatable = UNSET
    uri: Uri = UNSET


class Address(Model):
    streetAddress: Text = UNSET
    locality: Text = UNSET
    region: Text = UNSET
    postalCode: Text = UNSET
    countryName: Translatable = UNSET


class ContactPoint(Model):
    name: Translatable = UNSET
    email: Text = UNSET
    telephone: Text = UNSET
    faxNumber: Text = UNSET
    url: Uri = UNSET


class Person(Model):
    id: RequiredText
    name: NotEmptyText = UNSET
    identifier: Identifier | UnsetType = UNSET
    nationalities: Annotated[list[Annotated[str, closed("country")]], UNIQUE_NOT_EMPTY] | None | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    email: Annotated[str, Meta(min_length=1, extra={"format": "email"})] | None | UnsetType = UNSET
    faxNumber: NotEmptyText = UNSET
    telephone: NotEmptyText = UNSET


class OrganizationDetails(Model):
    listedOnRegulatedMarket: Flag = UNSET


class Organization(Model):
    name: Translatable = UNSET
    id: str | UnsetType = UNSET
    identifier: Identifier | UnsetType = UNSET
    additionalIdentifiers: Annotated[list[Identifier], UNIQUE] | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    contactPoint: ContactPoint | UnsetType = UNSET
    roles: Codes = UNSET
    details: OrganizationDetails | None | UnsetType = UNSET
    beneficialOwners: Annotated[list[Person], UNIQUE_NOT_EMPTY] | UnsetType = UNSET


class OrganizationReference(Model):
    name: NotEmptyText = UNSET
    id: str | int | UnsetType = UNSET
    identifier: Identifier | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    additionalIdentifiers: Annotated[list[Identifier], UNIQUE] | UnsetType = UNSET
    contactPoint: ContactPoint | UnsetType = UNSET


class Document(Model):
    id: RequiredId
    documentType: Text = UNSET
    title: Translatable = UNSET
    description: Translatable = UNSET
    url: Uri = UNSET
    datePublished: DateTime = UNSET
    dateModified: DateTime = UNSET
    format: Text = UNSET
    language: Text = UNSET
    relatedLots: Codes = UNSET


class Milestone(Model):
    id: RequiredId
    title: Translatable = UNSET
    type: Text = UNSET
    description: Translatable = UNSET
    code: Text = UNSET
    dueDate: DateTime = UNSET
    dateMet: DateTime = UNSET
    dateModified: DateTime = UNSET
    status: Annotated[str, closed("milestoneStatus")] | None | UnsetType = UNSET
    documents: Annotated[list[Document], UNIQUE] | UnsetType = UNSET
    relatedLots: Codes = UNSET


class MilestoneReference(Model):
    id: RequiredId
    title: Text = UNSET
    uri: Uri = UNSET


class Classification(Model):
    scheme: Text = UNSET
    id: str | int | None | UnsetType = UNSET
    description: Translatable = UNSET
    uri: Uri = UNSET


class Unit(Model):
    scheme: Text = UNSET
    id: Text = UNSET
    name: Translatable = UNSET
    value: Value | UnsetType = UNSET
    uri: Uri = UNSET


class Item(Model):
    id: RequiredId
    description: Translatable = UNSET
    classification: Classification | UnsetType = UNSET
    additionalClassifications: Annotated[list[Classification], UNIQUE] | UnsetType = UNSET
    quantity: Amount = UNSET
    unit: Unit | UnsetType = UNSET
    relatedLot: Text = UNSET


class AmendmentChange(Model):
    property: str | UnsetType = UNSET
    former_value: str | float | list[Any] | dict[str, Any] | None | UnsetType = UNSET


class Amendment(Model):
    date: DateTime = UNSET
    rationale: Translatable = UNSET
    id: Text = UNSET
    description: Text = UNSET
    amendsReleaseID: Text = UNSET
    releaseID: Text = UNSET
    changes: list[AmendmentChange] | UnsetType = UNSET


class RelatedProcess(Model):
    id: str | UnsetType = UNSET
    relationship: Codes = UNSET
    title: Text = UNSET
    scheme: Text = UNSET
    identifier: Text = UNSET
    uri: Uri = UNSET


class Budget(Model):
    id: str | int | None | UnsetType = UNSET
    description: Translatable = UNSET
    amount: Value | UnsetType = UNSET
    project: Translatable = UNSET
    projectID: str | int | None | UnsetType = UNSET
    uri: Uri = UNSET
    source: Annotated[str, Meta(extra={"format": "uri", "translatable": True})] | None | UnsetType = UNSET


class Planning(Model):
    rationale: Translatable = UNSET
    budget: Budget | UnsetType = UNSET
    documents: list[Document] | UnsetType = UNSET
    milestones: list[Milestone] | UnsetType = UNSET


class Lot(Model):
    id: str | UnsetType = UNSET
    title: Text = UNSET
    description: Text = UNSET
    status: Annotated[str, closed("tenderStatus")] | None | UnsetType = UNSET
    value: Value | UnsetType = UNSET
    contractPeriod: Period | UnsetType = UNSET


class LotGroup(Model):
    id: str | UnsetType = UNSET
    relatedLots: Codes = UNSET
    optionToCombine: Flag = UNSET
    maximumValue: Value | UnsetType = UNSET


class LotDetails(Model):
    maximumLotsBidPerSupplier: Integer = UNSET
    maximumLotsAwardedPerSupplier: Integer = UNSET
    awardCriteriaDetails: Text = UNSET


class Enquiry(Model):
    id: Text = UNSET
    date: DateTime = UNSET
    author: OrganizationReference | UnsetType = UNSET
    title: Text = UNSET
    description: Text = UNSET
    answer: Text = UNSET
    dateAnswered: DateTime = UNSET
    relatedItem: Text = UNSET
    relatedLot: Text = UNSET
    threadID: Text = UNSET


class Requirement(Model):
    id: RequiredText
    title: NotEmptyText = UNSET
    description: NotEmptyText = UNSET
    dataType: Annotated[str, closed("dataType")] | None | UnsetType = UNSET
    pattern: NotEmptyText = UNSET
    expectedValue: Scalar = UNSET
    minValue: Amount = UNSET
    maxValue: Amount = UNSET
    period: Period | UnsetType = UNSET


class RequirementGroup(Model):
    id: RequiredText
    description: NotEmptyText = UNSET
    requirements: Annotated[list[Requirement], UNIQUE_NOT_EMPTY] | UnsetType = UNSET


class Criterion(Model):
    id: RequiredId
    title: NotEmptyText = UNSET
    description: NotEmptyText = UNSET
    relatesToTenderer: Flag = UNSET
    relatedItem: NotEmptyText = UNSET
    relatedLots: Annotated[list[RequiredText], UNIQUE_NOT_EMPTY] | None | UnsetType = UNSET
    requirementGroups: Annotated[list[RequirementGroup], UNIQUE_NOT_EMPTY] | UnsetType = UNSET


class RequirementReference(Model):
    id: RequiredText
    title: NotEmptyText = UNSET


class RequirementResponse(Model):
    id: RequiredText
    requirement: RequirementReference
    title: NotEmptyText = UNSET
    description: NotEmptyText = UNSET
    value: Scalar = UNSET
    period: Period | UnsetType = UNSET


class Bid(Model):
    id: str
    relatedLots: Codes = UNSET
    date: DateTime = UNSET
    status: Annotated[str, closed("bidStatus")] | None | UnsetType = UNSET
    tenderers: list[OrganizationReference] | UnsetType = UNSET
    value: Value | UnsetType = UNSET
    documents: Annotated[list[Document], UNIQUE] | UnsetType = UNSET
    requirementResponses: Annotated[list[RequirementResponse], UNIQUE_NOT_EMPTY] | UnsetType = UNSET


class BidsStatistic(Model):
    id: str
    measure: str
    value: Decimal
    date: DateTime = UNSET
    currency: Annotated[str, closed("currency")] | None | UnsetType = UNSET
    notes: Text = UNSET
    relatedLot: Text = UNSET


class Bids(Model):
    statistics: list[BidsStatistic] | UnsetType = UNSET
    details: list[Bid] | UnsetType = UNSET


class Tender(Model):
    id: RequiredId
    title: Translatable = UNSET
    description: Translatable = UNSET
    status: Annotated[str, closed("tenderStatus")] | None | UnsetType = UNSET
    procuringEntity: OrganizationReference | UnsetType = UNSET
    items: Annotated[list[Item], UNIQUE] | UnsetType = UNSET
    value: Value | UnsetType = UNSET
    minValue: Value | UnsetType = UNSET
    procurementMethod: Annotated[str, closed("method")] | None | UnsetType = UNSET
    procurementMethodDetails: Text = UNSET
    procurementMethodRationale: Translatable = UNSET
    mainProcurementCategory: Annotated[str, closed("procurementCategory")] | None | UnsetType = UNSET
    additionalProcurementCategories: Codes = UNSET
    awardCriteria: Text = UNSET
    awardCriteriaDetails: Translatable = UNSET
    submissionMethod: Codes = UNSET
    submissionMethodDetails: Translatable = UNSET
    tenderPeriod: Period | UnsetType = UNSET
    enquiryPeriod: Period | UnsetType = UNSET
    hasEnquiries: Flag = UNSET
    eligibilityCriteria: Translatable = UNSET
    awardPeriod: Period | UnsetType = UNSET
    contractPeriod: Period | UnsetType = UNSET
    numberOfTenderers: Integer = UNSET
    tenderers: Annotated[list[OrganizationReference], UNIQUE] | UnsetType = UNSET
    documents: list[Document] | UnsetType = UNSET
    milestones: list[Milestone] | UnsetType = UNSET
    amendments: list[Amendment] | UnsetType = UNSET
    amendment: Amendment | UnsetType = UNSET
    lots: list[Lot] | UnsetType = UNSET
    lotDetails: LotDetails | UnsetType = UNSET
    lotGroups: list[LotGroup] | UnsetType = UNSET
    enquiries: Annotated[list[Enquiry], UNIQUE] | None | UnsetType = UNSET
    criteria: Annotated[list[Criterion], UNIQUE_NOT_EMPTY] | UnsetType = UNSET


class Award(Model):
    id: RequiredId
    title: Translatable = UNSET
    description: Translatable = UNSET
    status: Annotated[str, closed("awardStatus")] | None | UnsetType = UNSET
    date: DateTime = UNSET
    value: Value | UnsetType = UNSET
    suppliers: Annotated[list[OrganizationReference], UNIQUE] | UnsetType = UNSET
    items: Annotated[list[Item], UNIQUE_NOT_EMPTY] | UnsetType = UNSET
    contractPeriod: Period | UnsetType = UNSET
    documents: Annotated[list[Document], UNIQUE] | UnsetType = UNSET
    amendments: list[Amendment] | UnsetType = UNSET
    amendment: Amendment | UnsetType = UNSET
    relatedLots: Codes = UNSET
    relatedBid: Text = UNSET


class Transaction(Model):
    id: RequiredId
    source: Uri = UNSET
    date: DateTime = UNSET
    value: Value | UnsetType = UNSET
    payer: OrganizationReference | UnsetType = UNSET
    payee: OrganizationReference | UnsetType = UNSET
    uri: Uri = UNSET
    amount: Value | UnsetType = UNSET
    providerOrganization: Identifier | UnsetType = UNSET
    receiverOrganization: Identifier | UnsetType = UNSET
    relatedImplementationMilestone: MilestoneReference | UnsetType = UNSET


class PerformanceFailure(Model):
    id: RequiredText
    period: Period | UnsetType = UNSET
    category: NotEmptyText = UNSET
    events: Amount = UNSET
    penaltyContracted: NotEmptyText = UNSET
    penaltyImposed: NotEmptyText = UNSET
    penaltyPaid: Flag = UNSET


class Implementation(Model):
    transactions: Annotated[list[Transaction], UNIQUE] | UnsetType = UNSET
    milestones: Annotated[list[Milestone], UNIQUE] | UnsetType = UNSET
    documents: Annotated[list[Document], UNIQUE] | UnsetType = UNSET
    endDate: DateTime = UNSET
    endDateDetails: NotEmptyText = UNSET
    finalValue: Value | UnsetType = UNSET
    finalValueDetails: NotEmptyText = UNSET
    performanceFailures: Annotated[list[PerformanceFailure], UNIQUE_NOT_EMPTY] | UnsetType = UNSET


class Guarantee(Model):
    id: RequiredId
    type: Text = UNSET
    date: DateTime = UNSET
    obligations: Text = UNSET
    value: Value | UnsetType = UNSET
    guarantor: OrganizationReference | UnsetType = UNSET
    period: Period | UnsetType = UNSET


class Contract(Model):
    id: RequiredId
    awardID: RequiredId
    title: Translatable = UNSET
    description: Translatable = UNSET
    status: Annotated[str, closed("contractStatus")] | None | UnsetType = UNSET
    period: Period | UnsetType = UNSET
    value: Value | UnsetType = UNSET
    items: Annotated[list[Item], UNIQUE_NOT_EMPTY] | UnsetType = UNSET
    dateSigned: DateTime = UNSET
    documents: Annotated[list[Document], UNIQUE] | UnsetType = UNSET
    implementation: Implementation | UnsetType = UNSET
    relatedProcesses: Annotated[list[RelatedProcess], UNIQUE] | UnsetType = UNSET
    milestones: list[Milestone] | UnsetType = UNSET
    amendments: list[Amendment] | UnsetType = UNSET
    amendment: Amendment | UnsetType = UNSET
    signatories: Annotated[list[OrganizationReference], UNIQUE_NOT_EMPTY] | UnsetType = UNSET
    guarantees: list[Guarantee] | UnsetType = UNSET


class Release(Model):
    """One release: what one publisher says of one contracting process at one time."""

    ocid: RequiredText
    id: RequiredText
    date: Annotated[str, DATE_TIME]
    tag: Annotated[list[Annotated[str, closed("releaseTag")]], NOT_EMPTY]
    initiationType: Annotated[str, closed("initiationType")]
    parties: Annotated[list[Organization], UNIQUE] | UnsetType = UNSET
    buyer: OrganizationReference | UnsetType = UNSET
    planning: Planning | UnsetType = UNSET
    tender: Tender | UnsetType = UNSET
    bids: Bids | UnsetType = UNSET
    awards: Annotated[list[Award], UNIQUE] | UnsetType = UNSET
    contracts: Annotated[list[Contract], UNIQUE] | UnsetType = UNSET
    language: Text = UNSET
    relatedProcesses: Annotated[list[RelatedProcess], UNIQUE] | UnsetType = UNSET
