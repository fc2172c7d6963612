"""Who uses the console? The session cookie says; writes also need the session's CSRF token.

Needs the middleware ``ExtraHeaders`` around: a renewed cookie goes out with whatever answers the request.
"""

from http.cookies import SimpleCookie

from fastapi import Request

from hongyan.kernel import log
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Session, Standing
from hongyan.rooms.identity.errors import CsrfRefused, NotSignedIn
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.sessions import LIFETIME, actor_of, check_csrf

COOKIE = "hongyan_session"
CSRF_HEADER = "X-CSRF-Token"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class ConsoleAuth:
    """The proof of identity at the console's doors; ``console`` and ``session`` are FastAPI dependencies."""

    def __init__(self, db: Database, service: IdentityService, *, secure: bool) -> None:
        """``secure``: browsers reach the console over https, and only there may the cookie go."""
        self._db = db
        self._sessions = service.sessions
        self._secure = secure

    async def session(self, request: Request) -> Session:
        """Return the session of a request.

        Raises:
            NotSignedIn: no cookie, or its session ended.
            CsrfRefused: a write without the session's token.
            TenantSuspended: the account is suspended.
        """
        token = request.cookies.get(COOKIE)
        if not token:
            raise NotSignedIn
        async with self._db.begin() as uow:
            opened = await self._sessions.find_session(uow, token)
        if request.method not in _READS:
            check_csrf(opened.session, request.headers.get(CSRF_HEADER))
        if opened.new_token is not None:
            self.set_cookie(request, opened.new_token)
        return opened.session

    async def console(self, request: Request) -> Actor:
        """Return who acts, from the request's session; raises as :meth:`session` does."""
        session = await self.session(request)
        if session.tenant is not None:
            log.bind(tenant_id=session.tenant.id)
        return self.actor(request, session)

    async def standing(self, request: Request) -> Standing:
        """Return who looks at a stream; raises as :meth:`session` does."""
        session = await self.session(request)

        async def is_valid() -> bool:
            async with self._db.begin() as uow:
                return await self._sessions.is_valid(uow, session)

        return Standing(self.actor(request, session), is_valid)

    def actor(self, request: Request, session: Session) -> Actor:
        """Return who acts in a session."""
        return actor_of(session, address_of(request), request.state.request_id)

    def set_cookie(self, request: Request, token: str | None) -> None:
        """Let the answer set the cookie, or end it when the token is ``None``."""
        cookie: SimpleCookie = SimpleCookie()
        cookie[COOKIE] = token or ""
        morsel = cookie[COOKIE]
        morsel["path"] = "/"
        morsel["httponly"] = True
        morsel["samesite"] = "Lax"
        morsel["max-age"] = 0 if token is None else int(LIFETIME.total_seconds())
        if self._secure:
            morsel["secure"] = True
        request.state.response_headers.append((b"set-cookie", morsel.OutputString().encode("latin-1")))


def address_of(request: Request) -> str | None:
    """Return the client's address."""
    return request.client.host if request.client else None


def require_same_site(request: Request) -> None:
    """Let a sign-in pass that no foreign page has sent: browsers say so themselves.

    Raises:
        CsrfRefused: the browser names another site as the sender.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise CsrfRefused
