"""A pytest plugin for numba-cuda's tests, which lie in its wheel, without the configuration that its repository has.

They are members of `numba.cuda.tests`, a name that numba-cuda redirects to its own folder; pytest would name them by that
folder, and a test that compares names, or is pickled, would fail.
"""

import importlib
import pathlib

import numba.cuda
import pytest

PACKAGE = "numba.cuda.tests"
FOLDER = pathlib.Path(numba.cuda.__path__[0]) / "tests"


class NamedModule(pytest.Module):
    """A test module that is imported by its package's own name."""

    def _getobj(self):
        inside = self.path.with_suffix("").relative_to(FOLDER)
        return importlib.import_module(".".join([PACKAGE, *inside.parts]))


def pytest_collect_directory(path, parent):
    """A folder is no package to pytest, which would import that under the other name."""
    return pytest.Dir.from_parent(parent, path=path)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path, parent):
    return NamedModule.from_parent(parent, path=module_path)


@pytest.fixture(scope="class")
def initialize_from_pytest_config(request):
    """What the repository's `conftest.py` does: say whether a failed FileCheck leaves files behind."""
    request.cls._dump_failed_filechecks = False
