"""Errors that end a command with one line and no stack trace."""


class PipelineError(Exception):
    """What is wrong, where, and how to mend it."""


class Stopped(Exception):
    """SIGTERM came: work that was begun is finished, the rest is left to the next run."""
