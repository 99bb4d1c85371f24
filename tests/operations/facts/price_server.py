"""A stand-in for the host of the Price List's public files: its paths, and files of the form that AWS documents."""

import gzip
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VERSION = "20261001120000"
COLUMNS = (
    "SKU OfferTermCode RateCode TermType PriceDescription EffectiveDate StartingRange EndingRange Unit PricePerUnit "
    "Currency serviceCode Location usageType operation"
).split()


def price_row(usage_type: str, usd: str, **other: str) -> dict[str, str]:
    """Return a row of a file; the columns that AWS writes with a space in their names are given with an underscore."""
    cells = {
        "SKU": f"SKU{sum(map(ord, usage_type + usd))}",
        "TermType": "OnDemand",
        "StartingRange": "0",
        "EndingRange": "Inf",
        "PricePerUnit": usd,
        "Currency": "USD",
        "usageType": usage_type,
    }
    return cells | {name.replace("_", " "): value for name, value in other.items()}


def price_file(code: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return a file: five lines of preamble, then the header, every cell in quotation marks."""
    columns = [*COLUMNS, "Database Engine"] if code == "AmazonRDS" else COLUMNS
    preamble = [
        ("FormatVersion", "v1.0"),
        ("Disclaimer", 'This pricing list is for "informational" purposes only'.replace('"', '""')),
        ("Publication Date", "2026-10-01T12:00:00Z"),
        ("Version", VERSION),
        ("OfferCode", code),
    ]
    lines = [*preamble, columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines).encode()


@dataclass
class PriceServer:
    """What it serves, and the paths that were asked for."""

    host: str
    bodies: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    zipped: bool = False
    cut: str = ""
    """Of a path that ends so only a part is sent."""

    def serve(self, code: str, files: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        """Serve the files of a service by Region, and their index."""
        base = f"/offers/v1.0/aws/{code}"
        regions = {
            region: {"regionCode": region, "currentVersionUrl": f"{base}/{VERSION}/{region}/index.json"}
            for region in files
        }
        index: dict[str, Any] = {"formatVersion": "v1.0", "publicationDate": "2026-10-01T12:00:00Z", "regions": regions}
        self.bodies[f"{base}/current/region_index.json"] = json.dumps(index).encode()
        for region, rows in files.items():
            self.bodies[f"{base}/{VERSION}/{region}/index.csv"] = price_file(code, rows)


@contextmanager
def price_server() -> Iterator[PriceServer]:
    """Run a server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            body = served.bodies.get(self.path)
            if body is None:
                self.send_error(404)
                return
            self.send_response(200)
            if served.zipped:
                body = gzip.compress(body)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if served.cut and self.path.endswith(served.cut):
                # At the end of a line, so that nothing but the length tells that more was to come.
                body = body[: len(body) // 2] if served.zipped else body[: body.rindex(b"\n", 0, -1) + 1]
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = PriceServer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
