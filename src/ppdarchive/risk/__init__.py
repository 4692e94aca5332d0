"""What released tables reveal about participants, as numbers: counted, never shown."""
