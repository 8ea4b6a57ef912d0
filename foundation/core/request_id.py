"""Gives every request an id that logs, ledger and error pages share."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

current: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current.set(uuid.uuid4().hex)
        request.id = current.get()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id = current.get()
            current.reset(token)
        response["X-Request-ID"] = request_id
        return response
