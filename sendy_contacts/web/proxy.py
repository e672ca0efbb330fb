"""The client's address behind a reverse proxy. X-Forwarded-For counts only if a trusted proxy sent it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def init_app(app: Flask) -> None:
    """Take the client's address from trusted proxies."""
    app.wsgi_app = TrustedProxy(app.wsgi_app, app.config["TRUSTED_PROXIES"])  # type: ignore[method-assign]


class TrustedProxy:
    """WSGI middleware that takes the client's address from X-Forwarded-For if the peer is in one of `networks`.

    None trusts every peer. A peer without an address uses a Unix socket and is trusted, as in gunicorn.
    """

    def __init__(self, app: WSGIApplication, networks: Iterable[IPv4Network | IPv6Network] | None) -> None:
        self.app = app
        self.behind_proxy = ProxyFix(app, x_for=1, x_proto=0, x_host=0)
        self.networks = None if networks is None else tuple(networks)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request. An upgrade to another protocol is ignored (RFC 9110, section 7.8)."""
        environ.pop("HTTP_UPGRADE", None)
        trusted = "HTTP_X_FORWARDED_FOR" in environ and self._is_trusted(environ.get("REMOTE_ADDR", ""))
        return (self.behind_proxy if trusted else self.app)(environ, start_response)

    def _is_trusted(self, peer: str) -> bool:
        if self.networks is None or not peer:
            return True
        address = ip_address(peer)
        address = getattr(address, "ipv4_mapped", None) or address  # a dual-stack socket reports IPv4 peers so
        return any(address in network for network in self.networks)
