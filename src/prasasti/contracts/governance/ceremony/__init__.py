"""Ceremonies: members that lost their officers' keys get new ones by the sealed recovery keys of the others: 18, 19, 20."""
