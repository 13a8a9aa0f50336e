"""A small world in place of the true datasets: drawn pictures, questions with known answers, the same columns.

`pictures` draws, `questions` asks, `mirror` writes the test sets as hub datasets, `mixture` the training data.
Everything is a pure function of integer seeds, byte for byte the same on every machine.
"""
