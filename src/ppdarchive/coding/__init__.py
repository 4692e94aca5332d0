"""Qualitative coding: projects of other tools <-> tables, consensus, the codebook's quality."""
