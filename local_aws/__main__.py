"""Makes `python -m local_aws` work."""

import sys

from local_aws.command_line import main

if __name__ == "__main__":
    sys.exit(main())
