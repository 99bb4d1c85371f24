"""Keeps web pages out: any page that is open in a browser on this machine can send requests to local AWS.

A page of another site cannot read the answers, but many of its requests act all the same, and one whose name was made
to lead to 127.0.0.1 (DNS rebinding) reads them too. So a request is refused when it was sent to a name that is not this
machine's, or when a browser says that another site's page sends it. AWS's SDKs send none of these headers but Host.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from local_aws.protocols import AwsRequest, error_answer
from local_aws.wsgi import Answer, Application, collect

# A browser finds these names on this machine, whatever a name server says, so no other site has pages under them
# (https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy). A bucket's name before `.localhost` is
# S3's way of naming one. The port is not compared: it can be one that is forwarded to this server.
_OWN_HOST = re.compile(r"(127\.0\.0\.1|\[::1\]|([a-z0-9_-][a-z0-9._-]*\.)?localhost)(:\d{1,5})?")

_SEC_FETCH_SITES_OF_OWN_PAGES = {"same-origin", "none"}  # none: typed into the address bar
_CORS = "access-control-"


@dataclass(frozen=True)
class Admitted:
    """What is let in besides this machine's own names, because it was asked for.

    `hosts` are names to which requests may be sent, such as `host.docker.internal`, at any port. `origins` are the
    sites whose pages may send requests and read the answers, such as `http://localhost:3000`.
    """

    hosts: Collection[str] = ()
    origins: Collection[str] = ()


def refusing_web_pages(application: Application, admitted: Admitted) -> Application:
    """Return `application` for requests that no foreign web page has sent, with CORS headers for `admitted` only."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN")
        if reason := _reason_to_refuse(environ, admitted):
            status, headers, body = _refusal(environ, reason)
        elif environ.get("REQUEST_METHOD") == "OPTIONS" and origin in admitted.origins:
            status, headers, body = "204 No Content", [("Content-Length", "0")], b""
        else:
            status, headers, body = collect(application, environ)
        headers = [(name, value) for name, value in headers if not name.lower().startswith(_CORS)] + (
            _cors_headers(environ, origin) if origin in admitted.origins and not reason else []
        )
        start_response(status, headers)
        return [body]

    return answer


def _reason_to_refuse(environ: dict[str, Any], admitted: Admitted) -> str | None:
    host = str(environ.get("HTTP_HOST", "")).lower()
    if not _OWN_HOST.fullmatch(host) and re.sub(r":\d{1,5}$", "", host) not in admitted.hosts:
        return f"it was sent to the host {host!r}; if that is this machine, start local AWS with --allow-host"
    origin = environ.get("HTTP_ORIGIN")
    if origin in admitted.origins:
        return None
    own = f"http://{host}"
    if origin is not None and origin.lower() != own:
        return f"a web page of {origin!r} sent it; to let that page in, start local AWS with --allow-origin"
    referer = environ.get("HTTP_REFERER")
    if referer is not None and "{0.scheme}://{0.netloc}".format(_split(referer)) != own:
        return f"a web page sent it, {referer!r}"
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None and site.lower() not in _SEC_FETCH_SITES_OF_OWN_PAGES:
        return f"a web page of another site sent it (Sec-Fetch-Site: {site})"
    return None


def _split(url: str) -> Any:
    try:
        return urlsplit(url.lower())
    except ValueError:
        return urlsplit("")


def _refusal(environ: dict[str, Any], reason: str) -> Answer:
    message = f"local AWS refuses this request: {reason}"
    return error_answer(AwsRequest(environ), HTTPStatus.FORBIDDEN, "AccessDeniedException", message)


def _cors_headers(environ: dict[str, Any], origin: Any) -> list[tuple[str, str]]:
    headers = [("Access-Control-Allow-Origin", str(origin)), ("Access-Control-Expose-Headers", "*"), ("Vary", "Origin")]
    if environ.get("REQUEST_METHOD") == "OPTIONS":
        headers += [("Access-Control-Allow-Methods", "DELETE, GET, HEAD, PATCH, POST, PUT")]
        if asked := environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS"):
            headers += [("Access-Control-Allow-Headers", str(asked))]
    return headers
