"""Trainings of notebooks 12 (layered graphs) and 20 (brackets); training needs PyTorch, reading records does not.

``python -m training small --seed 0`` trains; :mod:`training.record` reads what a training left. For notebook 09,
:mod:`training.step_sizes` compares optimisers and :mod:`training.one_law` records learners on one data law.
"""
