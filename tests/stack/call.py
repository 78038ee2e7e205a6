"""One HTTP request, read to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.requests import Request


@dataclass(frozen=True)
class Call:
    """`path` is below the service's mount: ``meta_tokens``, ``token``."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    headers: Headers
    body: bytes

    @classmethod
    async def read(cls, request: Request) -> Call:
        return cls(
            method=request.method,
            path=request.path_params.get("path", ""),
            params=tuple(request.query_params.multi_items()),
            headers=request.headers,
            body=await request.body(),
        )

    def param(self, name: str) -> str | None:
        return dict(self.params).get(name)

    def without(self, *names: str) -> Call:
        """The same call, less some query parameters."""
        kept = tuple(pair for pair in self.params if pair[0] not in names)
        return replace(self, params=kept)

    def with_param(self, name: str, value: str) -> Call:
        others = self.without(name)
        return replace(others, params=(*others.params, (name, value)))

    @property
    def bearer(self) -> str | None:
        """The access token of RFC 6750, section 2.1."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else None
