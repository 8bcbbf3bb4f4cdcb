"""Numbered refusals of contracts and guarantees. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_AS_AWARDED = Rejection("procurement.28.1", "the draft is not the request's with the award's terms, or the award not active")
PRICE_UNFIT = Rejection("procurement.28.2", "the price is above the award, or no whole number of payment units")
PARTS_DIFFER = Rejection("procurement.28.3", "the milestones, the years or the bill do not add up to the price")
PARTIES_UNFIT = Rejection("procurement.28.4", "the contract names other parties than the award")
SEATS_NOT_CLEAN = Rejection(
    "procurement.28.5", "officer or inspector have not declared interests, are kept out, or inspect what they certify"
)
OTHER_HASH = Rejection("procurement.30.1", "the signature is for another draft, or its hashes do not go with it")
GUARANTEE_MISSING = Rejection("procurement.30.2", "a guarantee that the contract needs is not registered")
AWARD_NOT_ACTIVE = Rejection("procurement.30.3", "the award is not active, or the time to sign is over")
NOT_COVERED = Rejection("procurement.30.4", "reservation and budget do not cover the contract")
PARTY_DEBARRED = Rejection("procurement.30.5", "a party to the contract is debarred")
