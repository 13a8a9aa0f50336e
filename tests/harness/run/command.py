"""Be the command line with another program, the first word, in the place of Python for children."""

import sys

from harness.__main__ import main

if __name__ == "__main__":
    sys.executable = sys.argv.pop(1)
    main()
