"""Coarser codes for released fields: hierarchies, what they lose, and the search for the best."""
