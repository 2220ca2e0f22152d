"""Named instances: the constructions of the papers and this collection's own, by chapter."""
