"""Parse `fields`, select them from a node, and cut edges into pages."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from .faults import Fault

NAMES: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("names.json").read_text("utf-8")
)
DEFAULT_LIMIT = 25
FIELD = re.compile(r"\s*([\w.]+)\s*(?:\{([^{}]*)\})?\s*(,|$)")


def asked_fields(text: str) -> dict[str, str]:
    """Parse ``id,business{id,name}`` into names and what their braces hold."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = FIELD.match(text, at)
        if match is None:
            found = text[at : at + 1]
            raise Fault("2500/syntax", found=found, at=str(at), fields=text)
        fields[match[1]] = match[2] or ""
        at = match.end()
    return fields


def names_list(text: str) -> list[str]:
    """A list parameter: JSON, or names and commas."""
    if text.startswith("["):
        try:
            return [str(each) for each in json.loads(text)]
        except (ValueError, RecursionError):
            raise Fault("100/param", problem="Must be a valid JSON array") from None
    return [word for word in re.split(r"[\s,]+", text) if word]


def selected(
    known: Mapping[str, Any],
    fields: Mapping[str, str],
    *,
    names: Sequence[str],
    node: str,
) -> dict[str, Any]:
    """The *fields* of a node; those that it has no value for stay out."""
    for name in fields:
        if name not in names:
            raise Fault("100/node-field", name=name, node=node)
    chosen = {}
    for name, inner in fields.items():
        value = known.get(name)
        if isinstance(value, dict):
            wanted = names_list(inner) or list(value)
            value = {key: value[key] for key in wanted if key in value}
        if value is not None:
            chosen[name] = value
    return chosen


def cursor(index: int) -> str:
    """Return Meta's cursor for a row number: 24 is ``MjQZD``."""
    return base64.b64encode(str(index).encode()).decode().replace("=", "ZD")


def row_number(text: str) -> int:
    """Return the row number of a cursor; raises Fault for an invalid one."""
    padded = text.replace("ZD", "=")
    try:
        number = int(base64.b64decode(padded, validate=True))
    except (binascii.Error, ValueError):
        raise Fault("2642") from None
    if number < -1:
        raise Fault("2642")
    return number


def whole_number(text: str) -> int | None:
    """Parse a number of at most twelve digits; None for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def limit_of(params: Mapping[str, str]) -> int:
    """Return the page size that was asked for."""
    text = params.get("limit", str(DEFAULT_LIMIT))
    if number := whole_number(text):
        return number
    raise Fault("100/param", problem="param limit must be a positive integer")


def page(request: Request, rows: Sequence[Any]) -> dict[str, Any]:
    """
    One page of *rows*. Cursors come always, `next` only while there is more.

    https://developers.facebook.com/docs/graph-api/results
    """
    params: Mapping[str, str] = request.scope["params"]
    limit = limit_of(params)
    start = row_number(params["after"]) + 1 if "after" in params else 0
    stop = start + limit
    if "before" in params:
        stop = row_number(params["before"])
        start = max(0, stop - limit)
    data = list(rows[start:stop])
    if not data:
        return {"data": []}
    first, last = cursor(start), cursor(start + len(data) - 1)
    paging: dict[str, Any] = {"cursors": {"before": first, "after": last}}
    if stop < len(rows):
        paging["next"] = _url(request, limit, after=last)
    if start > 0:
        paging["previous"] = _url(request, limit, before=first)
    return {"data": data, "paging": paging}


def _url(request: Request, limit: int, **place: str) -> str:
    """Return the URL of another page; as at Meta, it holds the access token."""
    params: Mapping[str, str] = request.scope["params"]
    rest = {k: v for k, v in params.items() if k not in ("limit", "after", "before")}
    rest["access_token"] = request.scope["access_token"]
    query = urlencode({**rest, "limit": str(limit), **place})
    path = request.scope["root"] + request.scope["path"]
    return f"{request.url.scheme}://{request.url.netloc}{path}?{query}"
