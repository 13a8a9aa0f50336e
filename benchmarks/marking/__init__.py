"""Marking rules: pure functions from an answer and its gold to a `Reading`, each naming its upstream code."""
