"""What every page carries besides its content: it comes packed, and says what a browser need not offer it."""

from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

NOT_NEEDED = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"


class PagesMiddleware(GZipMiddleware):
    """Packs pages (Django adds bytes at random, so that their length tells nothing) and sets headers.

    What is streamed goes out as it comes: packing would hold back events that happen now.
    """

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        """Return the answer, packed where it is a page."""
        response.headers.setdefault("Permissions-Policy", NOT_NEEDED)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return cast("HttpResponseBase", response)
        return super().process_response(request, response)
