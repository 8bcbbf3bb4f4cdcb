"""What orders transactions into blocks. Every engine drives the same ``application.Application``."""
