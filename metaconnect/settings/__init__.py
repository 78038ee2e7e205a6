"""The settings: `load_settings` gathers them, `Settings` has them."""

from .names import NAMES
from .sources import load_settings, remember
from .values import Settings

__all__ = ["NAMES", "Settings", "load_settings", "remember"]
