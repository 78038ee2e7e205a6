"""
The real `@supabase/supabase-js`, for the tests that look with a dashboard's eyes.

    python -m tests.stack.node install
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from . import cache

SUPABASE_JS = "@supabase/supabase-js@2.109.0"
INSTALL = "python -m tests.stack.node install"


def missing() -> str:
    """What is missing to run supabase-js, with the command that helps; or nothing."""
    if shutil.which("node") is None:
        return "Node.js is not there:  apt-get install nodejs npm"
    if not (modules() / "@supabase" / "supabase-js").exists():
        return f"supabase-js is not there:  {INSTALL}"
    return ""


def modules() -> Path:
    return cache.FOLDER / "npm" / "node_modules"


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit(f"usage: {INSTALL}")
    print(cache.npm_install(SUPABASE_JS))
