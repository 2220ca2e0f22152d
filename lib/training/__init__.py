"""Trainings of notebooks 12 (layered graphs) and 20 (brackets); training needs PyTorch, reading records does not.

``python -m training small --seed 0`` trains; :mod:`training.record` reads what a training left.
"""
