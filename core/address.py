"""The address a request came from, also behind our own proxies."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw.

    Every proxy appends the address it was called from, so with PROXY_COUNT proxies of ours the last PROXY_COUNT entries
    of X-Forwarded-For are true and everything before them may be invented. Without a proxy the header means nothing.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    count = settings.PROXY_COUNT
    return hops[-count] if 0 < count <= len(hops) else request.META.get("REMOTE_ADDR", "")
