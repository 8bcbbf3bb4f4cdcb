"""The closed codelists of OCDS 1.1.5 and of the ten extensions: a value outside them is refused.

Owns the codes only. Open codelists are not here: any text is valid there. `country` is open as a list, but the beneficial owners
extension closes it where it is used.
"""

from __future__ import annotations

from typing import Final

RELEASE_TAGS: Final = frozenset(
    """
    planning planningUpdate tender tenderAmendment tenderUpdate tenderCancellation award awardUpdate awardCancellation contract
    contractUpdate contractAmendment implementation implementationUpdate contractTermination compiled
    """.split()
)
INITIATION_TYPES: Final = frozenset({"tender"})
TENDER_STATUSES: Final = frozenset({"planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn"})
PROCUREMENT_METHODS: Final = frozenset({"open", "selective", "limited", "direct"})
PROCUREMENT_CATEGORIES: Final = frozenset({"goods", "works", "services"})
AWARD_STATUSES: Final = frozenset({"pending", "active", "cancelled", "unsuccessful"})
CONTRACT_STATUSES: Final = frozenset({"pending", "active", "cancelled", "terminated"})
MILESTONE_STATUSES: Final = frozenset({"scheduled", "met", "notMet", "partiallyMet"})
BID_STATUSES: Final = frozenset({"invited", "pending", "valid", "disqualified", "withdrawn"})
DATA_TYPES: Final = frozenset({"string", "date-time", "number", "integer", "boolean"})

CURRENCIES: Final = frozenset(
    """
    ADP AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARP ARS ARY ATS AUD AWG AYM AZM AZN BAD BAM BBD BDT BEC BEF BEL BGJ BGK BGL
    BGN BHD BIF BMD BND BOB BOP BOV BRB BRC BRE BRL BRN BRR BSD BTN BUK BWP BYB BYN BYR BZD CAD CDF CHC CHE CHF CHW CLF CLP CNY COP
    COU CRC CSD CSJ CSK CUC CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS ECV EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD FKP FRF GBP GEK
    GEL GHC GHP GHS GIP GMD GNE GNF GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ ISK ITL
    JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAJ LAK LBP LKR LRD LSL LSM LTL LTT LUC LUF LUL LVL LVR LYD MAD MDL MGA MGF MKD
    MLF MMK MNT MOP MRO MRU MTL MTP MUR MVQ MVR MWK MXN MXP MXV MYR MZE MZM MZN NAD NGN NIC NIO NLG NOK NPR NZD OMR PAB PEH PEI PEN
    PES PGK PHP PKR PLN PLZ PTE PYG QAR RHD ROK ROL RON RSD RUB RUR RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK SLL SOS SRD SRG
    SSP STD STN SUR SVC SYP SZL THB TJR TJS TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGW UGX USD USN USS UYI UYN UYP UYU
    UYW UZS VEB VEF VES VNC VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XEU XFO XFU XOF XPD XPF XPT XRE XSU XTS XUA XXX YDD YER
    YUD YUM YUN ZAL ZAR ZMK ZMW ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
    """.split()
)
"""ISO 4217, current and historic."""

COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH
    CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN
    GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI
    LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM
    PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD
    TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()
)
"""ISO 3166-1 alpha-2, with XK."""

CODELISTS: Final[dict[str, frozenset[str]]] = {
    "releaseTag": RELEASE_TAGS,
    "initiationType": INITIATION_TYPES,
    "tenderStatus": TENDER_STATUSES,
    "method": PROCUREMENT_METHODS,
    "procurementCategory": PROCUREMENT_CATEGORIES,
    "awardStatus": AWARD_STATUSES,
    "contractStatus": CONTRACT_STATUSES,
    "milestoneStatus": MILESTONE_STATUSES,
    "bidStatus": BID_STATUSES,
    "dataType": DATA_TYPES,
    "currency": CURRENCIES,
    "country": COUNTRIES,
}
"""By the name that the standard gives the list's file."""
