"""How tests speak to the API: a client with a token, like any program outside."""

from rest_framework.test import APIClient

from users.models import ApiToken


def client_for(user, scope: str = "read") -> APIClient:
    """An API client that holds a fresh token of ``user`` with ``scope``."""
    _token, key = ApiToken.objects.create(user=user, scope=scope)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client
