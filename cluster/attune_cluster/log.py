"""Lines of a job's log that `attune cluster` reads out of it."""

import json
import sys


def say(mark, what):
    """One line, all of it at once: `print` writes the line end by itself, and Ray prints what workers said from another
    thread, into the middle of it."""
    sys.stdout.write(f"{mark}{json.dumps(what)}\n")
    sys.stdout.flush()
