"""Finding what identifies people in texts: one protocol, several detectors, and the engine that joins them."""
