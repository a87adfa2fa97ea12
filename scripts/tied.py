"""Run a command that ends when the process that started it ends, even when that one was killed with -9.

`tied.py SIGNAL PARENT COMMAND …`: Linux sends SIGNAL to the command as soon as PARENT is gone. Elsewhere the command
simply runs. A program of its own and not a hook between fork and exec, because the caller has threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def tie(signal_number: int, parent: int) -> None:
    """Ask the kernel for the signal; a parent that was gone before we asked ends us at once."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:
            sys.exit(1)


if __name__ == "__main__":
    tie(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])
