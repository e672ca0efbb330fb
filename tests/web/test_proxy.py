"""X-Forwarded-For counts only from a trusted peer."""

import pytest

from sendy_contacts.config import load_settings
from sendy_contacts.web.proxy import TrustedProxy


@pytest.mark.parametrize(
    ("allowed", "peer", "address"),
    [
        ("", "127.0.0.1", "203.0.113.9"),
        ("", "::1", "203.0.113.9"),
        ("", "::ffff:127.0.0.1", "203.0.113.9"),
        ("", "::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("", "10.0.0.1", "10.0.0.1"),
        ("10.0.0.0/8, 192.0.2.1", "10.0.0.1", "203.0.113.9"),
        ("10.0.0.0/8, 192.0.2.1", "127.0.0.1", "127.0.0.1"),
        ("*", "198.51.100.7", "203.0.113.9"),
        ("", "", "203.0.113.9"),
    ],
)
def test_who_is_trusted(allowed, peer, address):
    networks = load_settings({"SECRET_KEY": 16 * "k", "FORWARDED_ALLOW_IPS": allowed})["TRUSTED_PROXIES"]
    seen = []
    app = TrustedProxy(lambda environ, _: seen.append(environ["REMOTE_ADDR"]) or [], networks)
    app({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "192.0.2.99, 203.0.113.9"}, None)
    assert seen == [address]
