"""What every script here shares: sizes, timing, and the one line of JSON at the end."""

import importlib
import json
import os
import statistics
import sys
import time

SMALL = os.environ.get("GPU_CHECK_SIZE") == "small"
NOT_INSTALLED = 77


def need(*names):
    """The modules, or the end of the script where one is not installed."""
    modules = []
    for name in names:
        try:
            modules.append(importlib.import_module(name))
        except ImportError as error:
            print(f"{name} is not installed: {error}", file=sys.stderr)
            sys.exit(NOT_INSTALLED)
    return modules[0] if len(modules) == 1 else modules


def times_ms(work, synchronise, rounds, warm_up=3):
    """The median of `rounds` times of work(), each to the end of what it started on the device."""
    for _ in range(warm_up):
        work()
    synchronise()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        synchronise()
        taken.append((time.perf_counter() - started) * 1e3)
    return statistics.median(taken)


def done(results, metrics):
    print(json.dumps({"results": results, "metrics": metrics}))
