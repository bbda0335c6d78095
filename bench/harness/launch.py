"""Runs one command and prints what it cost.

In: a JSON object on standard input {argv, cwd, env, stdout, stderr, runs, timeout}.
Out: one JSON object a run on standard output {wall, cpu, rss, code, timed_out}; seconds, and bytes for rss.

This is a program of its own, not a function, because Linux lets a child inherit its parent's peak memory across
exec: started from a harness that holds large reports, a small program would be charged for them.
"""

import json
import os
import signal
import sys
import time


def run_once(spec):
    """Starts the command in a process group of its own and waits for it."""
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, spec["stdout"] or os.devnull, write, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, spec["stderr"] or os.devnull, write, 0o644),
    ]
    timed_out = False
    begin = time.perf_counter()
    child = os.posix_spawn(spec["argv"][0], spec["argv"], spec["env"], file_actions=actions, setpgroup=0)

    def stop(_signal, _frame):
        nonlocal timed_out
        timed_out = True
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, spec["timeout"])
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss * 1024,
        "code": os.waitstatus_to_exitcode(status),
        "timed_out": timed_out,
    }


def main():
    spec = json.load(sys.stdin)
    os.chdir(spec["cwd"])
    for _ in range(spec["runs"]):
        print(json.dumps(run_once(spec)), flush=True)


if __name__ == "__main__":
    main()
