import pytest
from django.test import RequestFactory

from core.address import client_address

FORWARDED = "6.6.6.6, 203.0.113.9, 10.0.0.2"
CASES = [
    (0, FORWARDED, "127.0.0.1"),
    (1, FORWARDED, "10.0.0.2"),
    (2, FORWARDED, "203.0.113.9"),
    (3, "203.0.113.9", "127.0.0.1"),
    (1, " , ", "127.0.0.1"),
    (1, None, "127.0.0.1"),
]


@pytest.mark.parametrize(("proxies", "header", "expected"), CASES)
def test_client_address_believes_our_own_proxies_only(settings, proxies, header, expected):
    settings.PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": header} if header else {}
    request = RequestFactory().get("/", headers=headers)
    assert client_address(request) == expected
