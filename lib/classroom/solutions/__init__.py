"""Solutions of the exercises, one module a notebook; what a student should not open first."""
