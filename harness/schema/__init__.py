"""The vocabulary: frozen nouns with digests; no torch, no files, no network."""
