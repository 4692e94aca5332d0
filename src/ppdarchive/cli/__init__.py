"""The command line: arguments -> one call -> a few lines or JSON -> an exit code."""
