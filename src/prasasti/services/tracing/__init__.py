"""The money of a contract, a supplier, a buyer or a budget line, from the budget to the bank and back, added up at every level.

``nodes`` is the shape of an answer, ``contracts`` traces one contract, ``lines`` a budget line, ``finding`` recognises what an id is
and looks up what belongs to it. Amounts are minor units. Everything is read off the ledger's records, which the contracts keep: what
is added up here, they never add up themselves.
"""
