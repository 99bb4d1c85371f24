"""The Price List's public files: the prices of a service in a Region, read row by row, without credentials.

Source: AWS Billing User Guide, "Getting price list files manually". A file of Amazon RDS has tens of megabytes, so that
none is held in memory. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY), as urllib takes them.
"""

import csv
import gzip
import http.client
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import IO, Any, Final

from aurora_serverless.facts.prices import Price
from aurora_serverless.rules.regions import REGION_PATTERN
from operations.aws.session import READ_SECONDS
from operations.errors import ErrorKind, OperationsError, failed
from operations.prices.price_list import Offer, Tier

HOST: Final = "https://pricing.us-east-1.amazonaws.com"
SOURCE: Final = "AWS Price List, public files"

_COLUMNS: Final = frozenset({"SKU", "TermType", "StartingRange", "PricePerUnit", "Currency", "usageType"})
_LONGEST_PREAMBLE: Final = 20
"""Lines before the header, which begins with SKU; there are five."""


class _Counted(io.RawIOBase):
    """A response, and how much of it came: http.client takes an early end for the end where it reads in pieces."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response, self.count = response, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what comes next."""
        count = self._response.readinto(buffer)
        self.count += count
        return count


def region_files(service_code: str) -> dict[str, str]:
    """Return the address of the newest CSV file of each Region in which a service has prices; Local Zones are left out.

    Raises OperationsError.
    """
    url = f"{HOST}/offers/v1.0/aws/{service_code}/current/region_index.json"
    with _opened(url) as stream:
        try:
            regions = json.load(stream)["regions"]
            paths = {name: entry["currentVersionUrl"] for name, entry in regions.items()}
            return {
                name: HOST + path.removesuffix(".json") + ".csv"
                for name, path in paths.items()
                if re.fullmatch(REGION_PATTERN, name)
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise failed(f"{url} is not an index of Regions as AWS documents it") from None


def read_offers(url: str, rows: Sequence[Price]) -> list[Offer]:
    """Return what a file offers of the items of these rows, on demand and in US dollars. Raises OperationsError."""
    with _opened(url) as stream:
        try:
            return _offers(csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline="")), rows, url)
        except (csv.Error, UnicodeDecodeError, InvalidOperation):
            raise failed(f"{url} is not a price file as AWS documents it") from None


def _offers(lines: Iterator[list[str]], rows: Sequence[Price], url: str) -> list[Offer]:
    header = next((line for _, line in zip(range(_LONGEST_PREAMBLE), lines, strict=False) if line[:1] == ["SKU"]), [])
    if missing := sorted(_COLUMNS - set(header)):
        raise failed(f"{url} is not a price file as AWS documents it: it has no column {', '.join(missing)}")
    usage_types = tuple({row.usage_type for row in rows})
    found: dict[str, tuple[str, str, list[Tier]]] = {}
    for line in lines:
        if len(line) < len(header):
            raise EOFError
        cells = dict(zip(header, line, strict=False))
        if not cells["usageType"].endswith(usage_types) or (cells["TermType"], cells["Currency"]) != (
            "OnDemand",
            "USD",
        ):
            continue
        _, _, tiers = found.setdefault(cells["SKU"], (cells["usageType"], cells.get("Database Engine", ""), []))
        tiers.append(Tier(Decimal(cells["StartingRange"] or 0), Decimal(cells["PricePerUnit"])))
    return [Offer(usage_type, engine, tuple(tiers)) for usage_type, engine, tiers in found.values()]


@contextmanager
def _opened(url: str) -> Iterator[IO[bytes]]:
    """Open an address; what is read of it has come whole. Raises OperationsError."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 (HOST is https)
    try:
        # A new opener each time: the one that urlopen keeps has the proxies of its first call.
        with urllib.request.build_opener().open(request, timeout=READ_SECONDS) as response:
            counted = _Counted(response)
            is_zipped = response.headers.get("Content-Encoding") == "gzip"
            raw = io.BufferedReader(counted, 1 << 16)
            yield gzip.GzipFile(fileobj=raw) if is_zipped else raw  # type: ignore[misc]
            length = response.headers.get("Content-Length")
            if length is not None and counted.count < int(length):
                raise EOFError
    except urllib.error.HTTPError as error:
        error.close()
        raise _unavailable(url, f"HTTP status {error.code}") from None
    except urllib.error.URLError as error:
        raise _unavailable(url, str(error.reason)) from None
    except EOFError:
        raise _unavailable(url, "the answer ended early") from None
    except (OSError, http.client.HTTPException) as error:
        raise _unavailable(url, str(error) or type(error).__name__) from None


def _unavailable(url: str, why: str) -> OperationsError:
    return OperationsError(
        f"AWS's Price List cannot be read ({url}: {why}): check the network and HTTPS_PROXY, or try again later",
        ErrorKind.AWS_UNAVAILABLE,
    )
