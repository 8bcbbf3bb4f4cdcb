"""Messages of ``identity``, by number; each folder holds those of one object."""

from __future__ import annotations

from prasasti.contracts.identity import rejections
from prasasti.contracts.identity.deadlines import run_deadline
from prasasti.contracts.identity.key.messages import KEY_MESSAGES
from prasasti.contracts.identity.office.messages import OFFICE_MESSAGES
from prasasti.contracts.identity.organisation.messages import ORGANISATION_MESSAGES
from prasasti.contracts.identity.parameters import PARAMETERS
from prasasti.contracts.identity.recovery.messages import RECOVERY_MESSAGES
from prasasti.contracts.identity.tag.messages import TAG_MESSAGES
from prasasti.core.contract import Contract

IDENTITY = Contract(
    name="identity",
    version=1,
    lost_in_block=rejections.LOST_IN_BLOCK,
    parameters=PARAMETERS,
    deadline=run_deadline,
    messages=tuple(
        sorted(
            (*KEY_MESSAGES, *OFFICE_MESSAGES, *RECOVERY_MESSAGES, *ORGANISATION_MESSAGES, *TAG_MESSAGES), key=lambda message: message.number
        )
    ),
)
