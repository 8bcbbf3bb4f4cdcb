"""Files that banks and treasuries exchange, by ISO 20022: payments out (pain.001), status reports and statements in (pain.002, camt.053).

Owns the files' forms and what makes one unreadable. What an entry settles is the ledger's to say; where files lie, whose accounts
they name and what has been sent is ``services.paying``'s.
"""
