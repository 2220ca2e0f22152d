"""Your own model: coverage profile, tournament and pass@k from files of log-probabilities (notebook 17).

Imports nothing by itself, so that the command line starts fast.
"""
