"""Claims: registered statements, how they are compared, and the ledger of verdicts."""

from claimcheck.bracket import contains, within
from claimcheck.certify import Certificate, certify_positive
from claimcheck.claim import Claim, claim
from claimcheck.comparison import at_least, at_most, equal, exceeds
from claimcheck.frequency import frequency_at_most
from claimcheck.outcome import Outcome
from claimcheck.proof import proved, symbolic
from claimcheck.search import adversarial_search
from claimcheck.table import claims_table

__all__ = [
    "Certificate", "Claim", "Outcome", "adversarial_search", "at_least", "at_most", "certify_positive", "claim",
    "claims_table", "contains", "equal", "exceeds", "frequency_at_most", "proved", "symbolic", "within",
]
