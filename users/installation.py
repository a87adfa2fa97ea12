"""The settings file of an installation: plain NAME=value lines that the next start reads."""

from pathlib import Path


def keep_settings(path: Path, values: dict[str, str]) -> None:
    """Write ``values`` into the file at ``path``: present names are replaced in place, new ones go to the end.

    Raises OSError when the file cannot be written.
    """
    lines = path.read_text(encoding="utf8").splitlines() if path.exists() else []
    names = [line.partition("=")[0].strip() for line in lines]
    kept = [f"{name}={values[name]}" if name in values else line for name, line in zip(names, lines, strict=True)]
    new = [f"{name}={value}" for name, value in values.items() if name not in names]
    path.write_text("\n".join([*kept, *new]) + "\n", encoding="utf8")
