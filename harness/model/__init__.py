"""The vision-language model: encoders, fusion, masking and projector form the tower; a causal language model speaks."""
