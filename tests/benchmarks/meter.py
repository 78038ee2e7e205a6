"""
Runs one command to its end and prints what it took, as JSON.

A program of its own, and a small one: Linux hands the peak memory of the
process that forked on to its child.
"""

import json
import os
import sys
import time


def main(command):
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    facts = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        # getrusage(2): bytes on macOS, KiB elsewhere.
        "peak_mib": used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main(sys.argv[1:])
