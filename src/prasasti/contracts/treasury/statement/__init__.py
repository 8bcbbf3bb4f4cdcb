"""What banks and the state's own books say: statements, open items that people resolve, receipts of what is due (11 to 13)."""
