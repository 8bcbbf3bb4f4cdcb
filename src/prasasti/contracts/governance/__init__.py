"""Contract ``governance``: the consortium's own rules. So far: withholding a document, a training ledger's clock."""
