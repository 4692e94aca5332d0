"""The vocabulary: frozen values without policy, files or clocks."""
