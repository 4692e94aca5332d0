"""CheckedTable + policy -> what may be released; must not know risk or packages."""
