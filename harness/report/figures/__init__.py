"""Draw the figures of a report as SVG whose text stays text, with a title and a description for who cannot see them."""
