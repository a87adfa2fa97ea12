#!/bin/sh
# Prints the path of a Python that can run the product, or says what is missing.
for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
done
found=$(python3 --version 2>/dev/null || echo "no Python at all")
cat >&2 <<MESSAGE
KAM needs Python 3.11 or newer; found: $found.
  Debian, Ubuntu:  sudo apt-get install python3.11 python3.11-venv
  Fedora:          sudo dnf install python3.11
  macOS:           brew install python@3.11
or name one yourself:  make run PYTHON=/path/to/python3.11
MESSAGE
exit 2
