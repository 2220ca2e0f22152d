"""Two transformers on brackets for notebook 20: a reference policy and a verifier trained on its roll-outs.

``python -m training.dyck small --seed 0`` trains and searches; :mod:`training.dyck.record` reads what is left.
"""
