"""Contract ``governance``: the consortium's own rules: documents withheld, proposals and votes, members, parameters, versions.

``messages`` lists the messages; those of documents and of a training ledger's clock stand here, the others by what they
are about in ``proposal``, ``member``, ``change`` and ``ceremony``, each folder of one shape. Records, events, refusals and
RULES.md are shared.
"""
