"""Sign in, sign out, who am I, change my password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.rooms.identity.console_api.auth import ConsoleAuth, address_of, require_same_site
from hongyan.rooms.identity.console_api.views import InstallationView, PasswordChange, SessionView, SignIn
from hongyan.rooms.identity.contracts import Actor, Session
from hongyan.rooms.identity.service.door import IdentityService


def session_router(
    db: Database, service: IdentityService, auth: ConsoleAuth, *, demo: bool, handset_url: str | None
) -> APIRouter:
    """Return the endpoints around the session."""
    router = APIRouter(tags=["session"])

    @router.get("/installation")
    async def get_installation() -> InstallationView:
        """Show what everybody may know: whether this is a demo."""
        return InstallationView(demo=demo)

    @router.post("/session", dependencies=[Depends(require_same_site)])
    async def sign_in(request: Request, wanted: SignIn) -> SessionView:
        """Sign in: the cookie is set by the answer."""
        async with service.sessions.turn(), db.begin() as uow:
            opened = await service.sessions.sign_in(
                uow,
                wanted.user,
                wanted.password,
                code=wanted.code,
                new_password=wanted.new_password,
                agent=request.headers.get("User-Agent"),
                address=address_of(request),
                request_id=request.state.request_id,
            )
        if isinstance(opened, HongyanError):
            raise opened
        session, token = opened
        auth.set_cookie(request, token)
        return SessionView.of(session, demo=demo, handset_url=handset_url)

    @router.get("/session")
    async def get_session(session: Annotated[Session, Depends(auth.session)]) -> SessionView:
        """Show who is signed in."""
        return SessionView.of(session, demo=demo, handset_url=handset_url)

    @router.delete("/session", status_code=204)
    async def sign_out(request: Request, session: Annotated[Session, Depends(auth.session)]) -> None:
        """Sign out: the session ends, the cookie too."""
        async with db.begin() as uow:
            await service.sessions.sign_out(uow, session, auth.actor(request, session))
        auth.set_cookie(request, None)

    @router.put("/session/password", status_code=204)
    async def change_password(
        request: Request, actor: Annotated[Actor, Depends(auth.console)], change: PasswordChange
    ) -> None:
        """Change the own password; every session of the user ends."""
        async with service.sessions.turn(), db.begin() as uow:
            await service.people.change_password(uow, actor, change.old_password, change.new_password)
        auth.set_cookie(request, None)

    return router
