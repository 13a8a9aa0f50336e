"""Show results to people and to the machines of others."""
