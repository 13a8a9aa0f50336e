"""Training data: pinned sources, conversations, an order that is a function of the seed, and batches."""
