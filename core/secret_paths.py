"""Paths as a log may hold them. It knows no Django, because the settings of logging need it."""

import re

LONG_PART = re.compile(r"(?<=/)[^/\s]{20,}")


def without_secrets(path: str) -> str:
    """A path without the parts that are long enough to be a secret: links to set a password, keys of surveys."""
    return LONG_PART.sub("…", path)
