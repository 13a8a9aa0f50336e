"""Composition: YAML and overrides in, one frozen Study out."""
