"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 -- an address that says "not known", nothing listens on it


def address(request: HttpRequest) -> str:
    """The client's IP address as the outermost of our own proxies saw it.

    Only ``settings.PROXY_COUNT`` entries of X-Forwarded-For, counted from the right, are ours; what a client wrote
    before them is ignored.
    """
    count = settings.PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    written = forwarded[-count] if count and len(forwarded) >= count else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(written))
    except ValueError:
        return UNKNOWN


def network(request: HttpRequest) -> str:
    """What limits are counted by: the address, or for IPv6 the /64 that one client has to itself."""
    found = ipaddress.ip_address(address(request))
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)
