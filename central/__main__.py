"""`python -m central` is the command `tatap-central`."""

import sys

from central.cli import main

sys.exit(main())
