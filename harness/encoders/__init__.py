"""Vision encoders behind one protocol: canvas (B, 3, P, P) in [0, 1] to tokens (B, N, D)."""
