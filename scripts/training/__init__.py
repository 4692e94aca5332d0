"""Labelled text to train the tagger on: generated informal English, and the CC BY corpora."""
