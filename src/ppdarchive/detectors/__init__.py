"""Finding what identifies people in texts: one protocol, several detectors, an engine that joins them."""
