"""Benchmarks of the OCR & Chart group."""
