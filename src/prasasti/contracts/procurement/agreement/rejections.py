"""Numbered refusals of contracts and guarantees. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_AS_AWARDED = Rejection("procurement.28.1", "the draft is not what was published, or not what a community's contract may be")
PRICE_UNFIT = Rejection("procurement.28.2", "the price is above the award or the plan, or no whole number of payment units")
PARTS_DIFFER = Rejection("procurement.28.3", "the milestones, the years or the bill do not add up to the price, or are not as offered")
PARTIES_UNFIT = Rejection("procurement.28.4", "the community is not registered here, or is the buyer itself")
SEATS_NOT_CLEAN = Rejection(
    "procurement.28.5", "officer or inspector have not declared interests or are kept out, or who oversees the work is tied to who does it"
)
GUARANTEE_INSUFFICIENT = Rejection("procurement.29.1", "the amount or the period does not cover the obligation")
GUARANTEE_CONDITIONAL = Rejection("procurement.29.2", "the guarantee is conditional")
GUARANTOR_NOT_LICENSED = Rejection("procurement.29.3", "the guarantor is suspended, since a call on it went unpaid")
GUARANTEE_PARTIES_UNFIT = Rejection("procurement.29.4", "guarantor, principal and beneficiary are not third party, debtor and buyer")
OTHER_HASH = Rejection("procurement.30.1", "the signature is for another draft, or its hashes do not go with it")
GUARANTEE_MISSING = Rejection("procurement.30.2", "no performance guarantee that covers the contract is in force")
AWARD_NOT_ACTIVE = Rejection("procurement.30.3", "the award is not active or below the draft's price, or the time to sign is over")
NOT_COVERED = Rejection("procurement.30.4", "reservation and budget do not cover the contract")
PARTY_DEBARRED = Rejection("procurement.30.5", "a party to the contract is debarred")
SEATS_NOT_DECLARED = Rejection(
    "procurement.30.6", "officer or inspector of a community's contract have not declared interests, or are kept out"
)
GROUND_UNFIT = Rejection("procurement.41.1", "the ground is not one for a guarantee of this obligation")
ABOVE_VALUE = Rejection("procurement.41.2", "the call is for nothing, or for more than the guarantee's amount")
