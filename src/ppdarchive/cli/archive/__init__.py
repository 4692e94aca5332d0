"""The commands on archives."""
