"""A transformer trained on the layered-graph path task (notebook 12); training needs PyTorch, reading records does not.

``python -m training small --seed 0`` trains; :mod:`training.record` reads what a training left. For notebook 09,
:mod:`training.step_sizes` compares optimisers and :mod:`training.one_law` records learners on one data law.
"""
