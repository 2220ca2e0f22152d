"""Claims: registered statements, how they are compared, and the ledger of verdicts."""

from covtheory.claims.certify import Certificate, certify_positive
from covtheory.claims.claim import Claim, claim
from covtheory.claims.comparison import (
    at_least,
    at_most,
    contains,
    equal,
    exceeds,
    frequency_at_most,
    proved,
    symbolic,
    within,
)
from covtheory.claims.inequality import Tail, Touch, certify_inequality
from covtheory.claims.outcome import Outcome
from covtheory.claims.search import adversarial_search
from covtheory.claims.table import claims_table

__all__ = [
    "Certificate", "Claim", "Outcome", "Tail", "Touch", "adversarial_search", "at_least", "at_most",
    "certify_inequality", "certify_positive", "claim",
    "claims_table", "contains", "equal", "exceeds", "frequency_at_most", "proved", "symbolic", "within",
]
