"""Build ``static/img/icons.svg`` from an unpacked ``@tabler/icons`` package and the names in ``scripts/icons.txt``.

npm pack @tabler/icons@3.51.0 && tar -xzf tabler-icons-*.tgz && python scripts/icons.py package
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHAPES = re.compile(r"<(?:path|circle|line|rect|polyline|ellipse)\b[^>]*/>")


def symbol(folder: Path, name: str) -> str:
    """One icon as a ``<symbol>`` with the id ``i-<name>``, without its invisible frame."""
    source = (folder / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf8")
    shapes = [shape for shape in SHAPES.findall(source) if 'stroke="none"' not in shape]
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def main(folder: str) -> None:
    names = sorted(set((ROOT / "scripts" / "icons.txt").read_text(encoding="utf8").split()))
    symbols = "\n".join(symbol(Path(folder), name) for name in names)
    target = ROOT / "static" / "img" / "icons.svg"
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf8")
    print(f"{len(names)} icons, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
