"""``python -m covtheory``: the collection's commands."""

import sys

from covtheory.collection.cli import main

sys.exit(main())
