"""The command line: words in, one answer out, and an exit code that means it."""
