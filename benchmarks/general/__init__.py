"""Benchmarks of the General group."""
