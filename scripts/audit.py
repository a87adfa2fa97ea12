"""``python -m scripts.audit``: are there known weaknesses in what is locked? Asks pip-audit, which asks the advisories.

Without a network nothing can be asked: that is said, and is no failure, so that a build without one still ends. With
`--strict` it is one.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUDIT = [
    "uvx",
    "pip-audit",
    "--requirement",
    "requirements.txt",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner=off",
]
NO_ANSWER = ("ConnectionError", "ConnectTimeout", "Failed to fetch", "Could not connect", "dns error", "ServiceError")


def main(arguments: list[str], command: list[str] | None = None) -> int:
    """0 without known weaknesses, 1 with some; without an answer 0, or 2 when ``--strict``."""
    program = [str(Path(sys.executable).parent / AUDIT[0]), *AUDIT[1:]]
    result = subprocess.run(command or program, cwd=ROOT, capture_output=True, text=True, check=False)
    output = result.stdout + result.stderr
    if result.returncode and any(word in output for word in NO_ANSWER):
        print("The advisories could not be asked; nothing is known about the locked versions.")
        return 2 if "--strict" in arguments else 0
    print(output.strip())
    return int(result.returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
