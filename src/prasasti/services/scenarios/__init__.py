"""The lifecycle's scenarios by name, each a play on a training ledger: ``order`` what is bought, ``stage`` and ``purchase`` how one
acts, ``selections`` the plays, ``table`` their names.
"""
