"""Sealed proposals and score sheets (protocol ``prasasti/seal/1``): what every suite shares, and suite 00.

Owns bytes and their meaning: framing, rounds and ids, the interface of a suite, the contents of an opened envelope.
Takes bytes, integers and text, never records: who may seal, share or keep, and when, is the contract's to judge.
"""
