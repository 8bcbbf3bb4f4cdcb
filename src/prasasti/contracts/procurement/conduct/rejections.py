"""Numbered refusals of violations and debarments. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

DEBARMENT_UNFIT = Rejection("procurement.42.1", "the ground is not the violation's, or does not allow a debarment until then")
NOT_HEARD = Rejection("procurement.42.2", "the organisation was not heard: no notice, or its time to reply still runs without a reply")
NOT_CONCERNED = Rejection("procurement.51.3", "the organisation takes no part in the process or contract that is named")
REPLY_TOO_LATE = Rejection("procurement.52.1", "the time to reply is over")
