"""Training of the text engine's statistical tagger."""
