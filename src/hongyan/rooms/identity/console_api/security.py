"""What guards the own sign-in: open sessions and the second factor."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.rooms.identity.console_api.auth import ConsoleAuth
from hongyan.rooms.identity.console_api.views import Password
from hongyan.rooms.identity.contracts import Actor, Session
from hongyan.rooms.identity.service.door import IdentityService


class OwnSessionView(BaseModel):
    """One of the own sign-ins; ``agent`` is what the browser calls itself."""

    id: str
    address: str | None
    agent: str | None
    created_at: datetime
    seen_at: datetime
    is_current: bool


class OwnSessionList(BaseModel):
    """All own sign-ins that have not ended."""

    items: list[OwnSessionView]
    total: int


class EndedView(BaseModel):
    """How many sessions were ended."""

    ended: int


class SecondFactorView(BaseModel):
    """Since when the second factor is on (``null``: off), and how many recovery codes are left."""

    since: datetime | None
    codes_left: int


class EnrolmentRequest(BaseModel):
    """The own password, asked for again."""

    password: Password


class EnrolmentView(BaseModel):
    """A new second factor: its secret and the text of the QR code, shown this once."""

    secret: str
    uri: str


class CodeRequest(BaseModel):
    """A code of the authenticator app; where one is switched off or renewed also a recovery code."""

    code: Annotated[str, Field(max_length=40)]


class RecoveryCodesView(BaseModel):
    """Recovery codes, each good once, shown this once."""

    codes: list[str]


def security_router(db: Database, service: IdentityService, auth: ConsoleAuth) -> APIRouter:
    """Return the endpoints of the own sessions and of the own second factor."""
    router = APIRouter(tags=["session"])
    caller = Annotated[Actor, Depends(auth.console)]
    signed_in = Annotated[Session, Depends(auth.session)]
    factors = service.second_factors

    @router.get("/sessions")
    async def list_own_sessions(session: signed_in) -> OwnSessionList:
        """Show where the user is signed in."""
        async with db.begin() as uow:
            found = await service.sessions.list_own(uow, session)
        items = [
            OwnSessionView(
                id=one.id,
                address=one.address,
                agent=one.agent,
                created_at=one.created_at,
                seen_at=one.seen_at,
                is_current=one.id == session.id,
            )
            for one in found
        ]
        return OwnSessionList(items=items, total=len(items))

    @router.delete("/sessions")
    async def end_other_sessions(session: signed_in, actor: caller) -> EndedView:
        """Sign the user out everywhere else."""
        async with db.begin() as uow:
            return EndedView(ended=await service.sessions.end_others(uow, session, actor))

    @router.delete("/sessions/{session_id}", status_code=204)
    async def end_own_session(actor: caller, session_id: UUID) -> None:
        """End one of the own sessions."""
        async with db.begin() as uow:
            await service.sessions.end_own(uow, actor, str(session_id))

    @router.get("/second-factor")
    async def get_second_factor(actor: caller) -> SecondFactorView:
        """Show how the own second factor stands."""
        async with db.begin() as uow:
            state = await factors.describe(uow, actor)
        return SecondFactorView(since=state.since, codes_left=state.codes_left)

    @router.post("/second-factor", status_code=201)
    async def begin_second_factor(actor: caller, wanted: EnrolmentRequest) -> EnrolmentView:
        """Make a secret for the authenticator app; it counts once a code of it was confirmed."""
        async with service.sessions.turn(), db.begin() as uow:
            enrolment = await factors.begin(uow, actor, wanted.password)
        return EnrolmentView(secret=enrolment.secret, uri=enrolment.uri)

    @router.post("/second-factor/confirm")
    async def confirm_second_factor(actor: caller, wanted: CodeRequest) -> RecoveryCodesView:
        """Switch the second factor on."""
        async with db.begin() as uow:
            return RecoveryCodesView(codes=list(await factors.confirm(uow, actor, wanted.code)))

    @router.post("/second-factor/off", status_code=204)
    async def switch_off_second_factor(actor: caller, wanted: CodeRequest) -> None:
        """Switch the second factor off."""
        async with db.begin() as uow:
            refused = await factors.switch_off(uow, actor, wanted.code)
        if refused is not None:
            raise refused

    @router.post("/second-factor/recovery-codes")
    async def renew_recovery_codes(actor: caller, wanted: CodeRequest) -> RecoveryCodesView:
        """Replace all recovery codes."""
        async with db.begin() as uow:
            codes = await factors.renew_codes(uow, actor, wanted.code)
        if isinstance(codes, HongyanError):
            raise codes
        return RecoveryCodesView(codes=list(codes))

    return router
