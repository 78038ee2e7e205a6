"""Dates as data has them, and as people count them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """Return *moment* as data has it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def day(moment: datetime) -> str:
    """Return the date of *moment*, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def days_left(moment: datetime) -> int:
    return round((moment - datetime.now(UTC)).total_seconds() / 86400)
