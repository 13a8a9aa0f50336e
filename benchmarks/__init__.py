"""Benchmarks: questions, prompts, marks and pooled numbers; pure, without torch and without `harness`.

`table` lists the benchmarks, `load` opens their rows, each `Protocol` on a card asks and marks as one upstream
harness does, and `suite` holds what published tables say of the sixteen columns.
"""
