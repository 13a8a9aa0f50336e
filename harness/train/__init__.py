"""Training: seeds, schedule, the engine, the loop, and the narration of one training from parts to checkpoint."""
