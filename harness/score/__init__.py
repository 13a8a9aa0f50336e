"""Turn answers into marks, and marks into one score with its error and its signature."""
