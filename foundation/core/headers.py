"""Headers on every response that neither Django nor django-csp sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOBODY_NEEDS = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "payment",
    "usb",
)
PASSKEYS_NEED = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join(
    [*(f"{feature}=()" for feature in NOBODY_NEEDS), *(f"{feature}=(self)" for feature in PASSKEYS_NEED)]
)


class HeadersMiddleware:
    """Isolation headers for all; ``no-store`` for everything but static files, so that Back shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response["Cache-Control"] = "no-store, private"
        return response
