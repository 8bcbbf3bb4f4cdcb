"""Where a ledger's bytes lie: its database and its documents. Knows no rules."""
