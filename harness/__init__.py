"""Everything that runs: data, encoders, model, training, prediction, scoring, records, verdicts and the command line."""

__version__ = "0.1.0"
