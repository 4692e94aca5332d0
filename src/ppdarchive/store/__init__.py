"""A folder of files -> a version of an OCFL object that never changes; must not know tables or people."""
