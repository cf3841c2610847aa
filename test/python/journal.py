"""A pytest plugin that writes what became of each test into a journal, a JSON object a line.

A test's first line is written before it runs, so that one that ends the process, or never ends, is known by name, and the
next process goes on behind it. Environment: GPUFERRY_JOURNAL (the file), GPUFERRY_EVERY (run every Nth test, default 1),
GPUFERRY_CHOSEN (a file of the indexes in order of collection, a line each, of the tests to run; all if it is not set).
"""

import json
import os
import pathlib

import pytest

JOURNAL = pathlib.Path(os.environ["GPUFERRY_JOURNAL"])
EVERY = int(os.environ.get("GPUFERRY_EVERY", "1"))
CHOSEN = os.environ.get("GPUFERRY_CHOSEN")
LONGEST_REASON_CHARS = 400

index_of = {}


def write(**line):
    with JOURNAL.open("a") as file:
        file.write(json.dumps(line) + "\n")


def journalled():
    """Tests that have a line, ended or not."""
    if not JOURNAL.exists():
        return set()
    return {json.loads(line)["test"] for line in JOURNAL.read_text().splitlines()}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    done = journalled()
    index_of.update((item.nodeid, index) for index, item in enumerate(items))
    write(test="", outcome="collected", count=len(items))
    wanted = range(0, len(items), EVERY)
    if CHOSEN is not None:
        wanted = [int(line) for line in pathlib.Path(CHOSEN).read_text().split()]
    chosen = [items[index] for index in wanted if index < len(items) and items[index].nodeid not in done]
    left_out = set(items).difference(chosen)
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = chosen


def pytest_collectreport(report):
    """A module that cannot be imported, or skips itself, stands for the tests that nobody has seen."""
    if not report.passed:
        write(test=report.nodeid, outcome=report.outcome, why=reason(report))


def pytest_runtest_logstart(nodeid, location):
    write(test=nodeid, outcome="begun", index=index_of[nodeid])


def pytest_runtest_logreport(report):
    """The set-up and the tear-down count only where they do not pass. Behind a part of a test, the test goes on."""
    if report.when == "call" or not report.passed:
        of_part = {"part": True} if hasattr(report, "context") else {}
        write(test=report.nodeid, outcome=report.outcome, why=reason(report), seconds=round(report.duration, 2), **of_part)


def reason(report):
    """What the test raised, or else the end of what pytest says of it; nothing for one that passed."""
    if report.passed:
        return ""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash:
        return crash.message[:LONGEST_REASON_CHARS]
    return str(report.longrepr).strip().splitlines()[-1][-LONGEST_REASON_CHARS:]
