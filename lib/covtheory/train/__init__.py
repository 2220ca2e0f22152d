"""A transformer trained on the layered-graph path task (notebook 12); training needs PyTorch, reading records does not.

``python -m covtheory.train small --seed 0`` trains; :mod:`covtheory.train.record` reads what a training left.
"""
