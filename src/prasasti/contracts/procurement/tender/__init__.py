"""The tender: request for proposals, questions, amendments, cancelling."""
