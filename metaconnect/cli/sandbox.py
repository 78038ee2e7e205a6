"""`metaconnect sandbox`: serve the pretend Meta for other programs' tests."""

from typing import Annotated

import typer

from ..errors import ConfigError


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen; 0 is any free one.")
    ] = 8766,
) -> None:
    """
    Serve a pretend Meta on this machine.

    It speaks like Meta's Login dialog, Graph API and Insights, with numbers
    made up, and answers with any of Meta's errors on request.
    """
    from ..sandbox.server import serve
    from .terminal import say

    try:
        serve(port, say=say)
    except OSError as exc:
        raise ConfigError(
            f"Port {port} cannot be listened on: {exc.strerror}.",
            hint="Choose another with --port.",
        ) from exc
