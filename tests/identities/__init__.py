"""Tables of what each public bound must equal: the formula of the notebook's theorem, written again in 50 digits.

Nothing here imports a formula of the library. :mod:`identities.table` says what a row is and what is tested of it.
"""
