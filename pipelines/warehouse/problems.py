"""Errors that end a command with one line and no stack trace."""


class WarehouseError(Exception):
    """What is wrong, where, and how to mend it."""
