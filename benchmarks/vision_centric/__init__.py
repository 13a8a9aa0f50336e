"""Benchmarks of the Vision-Centric group."""
