"""Measure what each encoder contributes: from a table of scores by subset to the papers' measures, with intervals."""
