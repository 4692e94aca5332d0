"""Coarser tables that meet a criterion at the least loss: levels, losses, the search, suppression."""
