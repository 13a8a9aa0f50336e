"""Everything that runs: data, encoders, model, training, prediction, scores, records, verdicts, the command line."""

__version__ = "0.1.0"
