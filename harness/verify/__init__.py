"""Judge a re-run against the stored reference, failing closed."""
