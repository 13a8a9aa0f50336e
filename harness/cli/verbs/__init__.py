"""The verbs of the command line, a page a family; a verb's work is imported when it is called, so help is instant."""

from harness.cli.verbs.program import app

__all__ = ["app"]
