"""Say what a table of numbers alone gives away: no predictions, no weights, only printed cells and arithmetic."""
