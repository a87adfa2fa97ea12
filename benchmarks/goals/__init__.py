"""The lines of the table, a module for each subject; every module names its own in ``LINES``."""

from importlib import import_module
from pkgutil import iter_modules

from benchmarks.measuring import Line


def all_lines() -> list[Line]:
    """The lines of all modules here, by the name of their module."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return [line for module in modules for line in module.LINES]
