"""Questions about drawn pictures: one file a benchmark, each writing rows with the hub dataset's columns."""
