"""A project's selections onto the characters of a study's responses."""
