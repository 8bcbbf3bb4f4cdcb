"""Messages of a contract's delivery as a command drafts them: what the ledger knows is computed, and told with its arithmetic.

Owns no rule and no rounding: both are the contract's (``procurement/delivery``, ``procurement/change``), asked with the same functions
that judge the message.
"""
