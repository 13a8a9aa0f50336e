"""Prediction: pictures become features once, prompts share them, an engine answers."""
