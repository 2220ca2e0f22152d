"""Theory-verification notebooks for the coverage principle: the shared library.

Data flow, one way:
instance -> learner -> policy -> law of the log ratio -> coverage profile -> bound -> claim -> ledger.
"""

__version__ = "0.1.0"
