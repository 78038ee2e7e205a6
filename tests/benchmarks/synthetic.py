"""
An Insights edge without end: ``act_N`` has N rows, all alike.

Nothing is computed, so that a million rows cost the server next to nothing.
"""

import json
import re
import sys
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ROW = {
    "spend": "2778.21",
    "impressions": "45046",
    "actions": [
        {"action_type": "link_click", "value": "210"},
        {"action_type": "landing_page_view", "value": "174"},
        {"action_type": "omni_purchase", "value": "11"},
    ],
    "purchase_roas": [{"action_type": "omni_purchase", "value": "0.307921"}],
    "cpc": "13.229571",
    "ctr": "0.466190",
    "cpm": "61.674954",
    "clicks": "210",
    "date_start": "2026-11-16",
    "date_stop": "2026-11-16",
}


@lru_cache
def rows(number: int) -> bytes:
    return b",".join([json.dumps(ROW).encode()] * number)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one piece

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        total = int(re.search(r"/act_(\d+)/insights$", url.path)[1])
        first, limit = int(query.get("after", 0)), int(query["limit"])
        end = min(first + limit, total)
        paging = {"cursors": {"before": str(first), "after": str(end)}}
        if end < total:
            paging["next"] = f"http://localhost/?after={end}"
        body = b'{"data":[%b],"paging":%b}' % (
            rows(end - first),
            json.dumps(paging).encode(),
        )
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
        print(f"http://localhost:{server.server_port}", file=sys.stderr, flush=True)
        server.serve_forever()
