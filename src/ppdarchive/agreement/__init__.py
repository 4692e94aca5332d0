"""Agreement between coders: columns of codings in, coefficients with intervals out; must not know files."""
