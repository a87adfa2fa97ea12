"""Programs of the operating system that tests and checks need: found, or installed from the system's packages.

Nothing is skipped when something is missing: root gets it installed, anybody else gets the exact line to run.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of a Chromium or Chrome: the one named by CHROMIUM, else one on the PATH."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL server's programs. Debian keeps them outside of the PATH."""
    folders = [Path(found).parent] if (found := shutil.which("initdb")) else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def redis_server() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def gettext() -> str | None:
    return shutil.which("xgettext") and shutil.which("msgfmt")


def chinese_font() -> bool:
    """Whether pictures of Chinese pages show characters rather than boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def nginx() -> str | None:
    """Debian keeps it outside of an ordinary user's PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


# What is needed → how it is found, and the Debian packages that bring it.
NEEDS: dict[str, tuple[Callable, tuple[str, ...]]] = {
    "Chromium": (chromium, ("chromium",)),
    "PostgreSQL": (postgres_bin, ("postgresql",)),
    "Redis": (redis_server, ("redis-server",)),
    "nginx": (nginx, ("nginx-light",)),
    "OpenSSL": (lambda: shutil.which("openssl"), ("openssl",)),
    "gettext": (gettext, ("gettext",)),
    "a Chinese font": (chinese_font, ("fontconfig", "fonts-noto-cjk")),
}


def missing(names: list[str]) -> list[str]:
    return [name for name in names if not NEEDS[name][0]()]


def apt_install(packages: list[str]) -> None:
    """Install packages without questions. Raises CalledProcessError with the tool's own message on the screen."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", *command], check=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )


def ensure(names: list[str]) -> None:
    """Return when everything in ``names`` is there; otherwise exit with status 2 and the line that installs it."""
    lacking = missing(names)
    if not lacking:
        return
    packages = [package for name in lacking for package in NEEDS[name][1]]
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing what is missing ({', '.join(lacking)}): {line}", flush=True)
        try:
            apt_install(packages)
        except subprocess.CalledProcessError:
            print("The installation failed; the message is above.", file=sys.stderr)
    if still := missing(names):
        print(f"Missing: {', '.join(still)}. Install with:\n  sudo {line}", file=sys.stderr)
        sys.exit(2)
