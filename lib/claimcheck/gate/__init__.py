"""The gate: every notebook run strictly, every verdict collected, nothing let through that weakens either."""
