"""Benchmarks of the Knowledge group."""
