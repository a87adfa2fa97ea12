"""Make the virtual environment `.venv` and bring it to the locked requirements. Run by any Python from 3.11 on.

`install.py` installs what the product needs to run, `install.py --dev` also what tests and checks need. A stamp in the
environment keeps the hash of the lock it was made from, so that nothing happens while the lock stays the same.
"""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"runtime": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}


def lock_hash(kind: str) -> str:
    """One hash over the lock files of ``kind``."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in LOCKS[kind])).hexdigest()


def is_current(kind: str) -> bool:
    """Whether the environment holds the lock of ``kind``, or the larger one that includes it."""
    wanted = {name: lock_hash(name) for name in {kind, "dev"}}
    stamps = {name: VENV / f".installed-{name}" for name in wanted}
    return any(stamp.exists() and stamp.read_text() == wanted[name] for name, stamp in stamps.items())


def make_environment() -> None:
    """Create `.venv`; exits with an instruction where the system's Python comes without the venv module."""
    if (VENV / "bin" / "python").exists():
        return
    print(f"Making {VENV.name} with Python {sys.version.split()[0]}", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=subprocess.DEVNULL).returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(f"Python's venv module is missing. Debian, Ubuntu:  sudo apt-get install python{version}-venv")


def install(kind: str) -> None:
    """Install the locked packages, each checked against its hash."""
    started = time.monotonic()
    print(f"Installing the locked requirements ({kind}); this happens once", flush=True)
    command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    files = [part for name in LOCKS[kind] for part in ("-r", str(ROOT / name))]
    if subprocess.run([*map(str, command), "--require-hashes", *files], cwd=ROOT).returncode:
        sys.exit("The requirements could not be installed; pip's message is above. Is there a network?")
    (VENV / f".installed-{kind}").write_text(lock_hash(kind))
    print(f"Installed in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    wanted = "dev" if "--dev" in sys.argv else "runtime"
    make_environment()
    if not is_current(wanted):
        install(wanted)
