"""`python -m terminal` is the command `tatap`."""

import sys

from terminal.cli import main

sys.exit(main())
