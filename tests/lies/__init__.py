"""The table of lies: a ledger, the lies told about it, who finds them, and the page about them."""
