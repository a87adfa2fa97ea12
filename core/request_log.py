"""What the log says about a request: its true address, and no secret that stands in its path."""

import structlog
from django_structlog.middlewares import RequestMiddleware

from core.address import client_address
from core.secret_paths import without_secrets


class RequestLogMiddleware(RequestMiddleware):
    """Gives a request its id, that of our own proxy where there is one, and logs it when it was refused or failed."""

    @classmethod
    def bind_ip(cls, request) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def format_request(request) -> str:
        return f"{request.method} {without_secrets(request.path)}"
