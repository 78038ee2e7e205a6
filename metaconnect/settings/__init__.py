"""
The settings: `load_settings` gathers them, `Settings` has them.

Begin to read at `load.py`; `provenance.py` decides which source is believed.
"""

from .config_file import remember, remember_stored
from .env_files import nearest, working_folder
from .load import load_settings
from .names import NAMES
from .projects import allow_project, is_project_allowed, require_allowed_project
from .provenance import Source, Trust
from .told import told_today
from .values import Settings

__all__ = [
    "NAMES",
    "Settings",
    "Source",
    "Trust",
    "allow_project",
    "is_project_allowed",
    "load_settings",
    "nearest",
    "remember",
    "remember_stored",
    "require_allowed_project",
    "told_today",
    "working_folder",
]
