"""A treasury's work with its bank, outside consensus: accounts' numbers, payment files, status reports, statements.

Owns what never reaches the log (numbers of accounts, bank files) and how it is told to the log. What a message does is the contract's.
"""
