"""Releases of a study in an archive: published, told of, verified, purged; `store` below knows no study."""
