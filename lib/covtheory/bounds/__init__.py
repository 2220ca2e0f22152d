"""Every theorem of the collection as one pure, vectorised function with its source, by chapter."""
