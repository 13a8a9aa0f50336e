"""Be the command line with another program, the first word, in the place of Python for children."""

import signal
import sys

from harness.__main__ import main

if __name__ == "__main__":
    # A shell that starts the tests in the background has them ignore Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.executable = sys.argv.pop(1)
    main()
