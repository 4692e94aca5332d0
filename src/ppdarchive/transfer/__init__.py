"""A folder of files <-> a BagIt bag or a ZIP, to the byte; must not know tables, people or archives."""
