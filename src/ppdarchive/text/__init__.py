"""Strings in, strings out: overlaps, edits, codings, units; must not know frames, people or detectors."""
