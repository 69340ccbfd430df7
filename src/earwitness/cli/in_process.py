"""A way to the application without a socket: requests are handed over, answers are taken back, in this process."""

import httpx
from anyio.from_thread import BlockingPortal
from starlette.types import ASGIApp


class InProcess(httpx.BaseTransport):
    """Lets a synchronous client talk to an ASGI application that runs on the event loop of ``portal``."""

    def __init__(self, portal: BlockingPortal, app: ASGIApp) -> None:
        self._portal = portal
        self._inner = httpx.ASGITransport(app=app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer to one request."""
        return self._portal.call(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
