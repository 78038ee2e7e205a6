"""
The sandbox's answers, each computed once: what is measured is who reads them.

    python -m tests.benchmarks.replay SANDBOX_URL

`/_requests` says how many requests there were since it was asked last, and
`/_latency?ms=200` how long each answer takes from now on.
"""

import json
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, urlencode, urlsplit

SECRETS = ("access_token", "appsecret_proof")


class State:
    """What is known of the server behind, and of those who ask."""

    def __init__(self, behind):
        self.behind = behind
        self.answers = {}
        self.requests = 0
        self.latency = 0.0
        self.lock = Lock()

    def answer(self, path, params, token):
        key = path, tuple(sorted(params.items()))
        with self.lock:
            self.requests += 1
            if key not in self.answers:
                self.answers[key] = self._asked(path, params, token)
        time.sleep(self.latency)
        return self.answers[key]

    def _asked(self, path, params, token):
        request = urllib.request.Request(
            f"{self.behind}{path}?{urlencode(params)}",
            headers={"Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def told(self, path, params):
        if path == "/_latency":
            self.latency = int(params["ms"]) / 1000
            return b"{}"
        requests, self.requests = self.requests, 0
        return json.dumps(requests).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one piece

    def do_GET(self):
        url = urlsplit(self.path)
        params = dict(parse_qsl(url.query))
        bearer = self.headers.get("Authorization", "")
        token = params.get("access_token") or bearer.removeprefix("Bearer ")
        asked = {name: v for name, v in params.items() if name not in SECRETS}
        state = self.server.state
        if url.path.startswith("/_"):
            body = state.told(url.path, params)
        else:
            body = state.answer(url.path, asked, token)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Say nothing."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.state = State(sys.argv[1])
        print(f"http://localhost:{server.server_port}", file=sys.stderr, flush=True)
        server.serve_forever()
