"""`python -m publishing.boards` writes references/boards."""

from claimcheck.register import find_root
from publishing.boards import write

write(find_root())
