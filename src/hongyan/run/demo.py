"""What ``hongyan up --demo`` adds: simulators, and a tenant that is ready to send, made through the rooms' doors.

Safe to repeat: what is there stays. Not for production: the passwords are written to ``demo.env``.
"""

import asyncio
import dataclasses
import io
import json
import secrets
import sys
from collections.abc import Awaitable, Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog
from PIL import Image, ImageDraw

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, SignatureId, TenantId
from hongyan.kernel.settings import Settings
from hongyan.rooms.carriers.contracts import NO_OPTIONS, Carrier, NewAccount, Protocol, WireOptions
from hongyan.rooms.enterprises.contracts import FilingState, Scene
from hongyan.rooms.handsets.contracts import NewVendorAccount, Vendor
from hongyan.rooms.identity.contracts import Actor, RealName, Role, Service, Tenant, User, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.service.tenants import NewTenant
from hongyan.rooms.reviews.contracts import ReviewFilter, ReviewState
from hongyan.rooms.sms.contracts import (
    ListFilter,
    SignatureForm,
    SignatureSource,
    SmsType,
    TemplateForm,
    VariableSpec,
    VariableType,
)
from hongyan.run.graph import Graph
from hongyan.run.ports import free_ports

log = structlog.get_logger(__name__)

DOMAIN = "hongyan-demo"
LEGAL_NAME = "鸿雁演示企业"
CREDIT_CODE = "91110000MADEMA0DER"
SP_ID, SECRET, SRC = "901234", "hongyan-demo", "10690000"
_TEMPLATE = "会员通知"
_TEXT = "尊敬的${1}，您的会员权益已更新，点击查看${2}祝您生活愉快。"
_CARRIERS = (Carrier.MOBILE, Carrier.UNICOM, Carrier.TELECOM)
_PROTOCOLS = {
    Carrier.MOBILE: Protocol.CMPP30,
    Carrier.UNICOM: Protocol.SGIP12,
    Carrier.TELECOM: Protocol.SMGP30,
}
_WINDOWS = {Carrier.MOBILE: 64, Carrier.UNICOM: 32, Carrier.TELECOM: 64}
_LETTERS = ("material_commitment", "signature_authorisation", "company_relation")
_SCENES = {
    Scene.SMART_SEND: _LETTERS,
    Scene.BASIC: (*_LETTERS, "port_registration"),
    Scene.SERVICE_ACCOUNT: ("company_relation", "account_authorisation"),
}
"""What the demo company files for, and the letters of each."""
_COMPANY = {
    "company_name": LEGAL_NAME,
    "credit_code": CREDIT_CODE,
    "contact_name": "演示联系人",
    "contact_phone": "400-8008800",
    "contact_email": "demo@example.com",
    "company_type": "company",
    "industry": "shopping",
}
"""For the scenes that ask for it; the others leave it out."""
_WAIT_S = 90.0


@dataclass(frozen=True, slots=True)
class DemoPorts:
    """Loopback ports of the simulators; they stay the same for a data directory."""

    carriers: tuple[int, int, int]
    inbox: int
    handset: int
    centres: tuple[int, int, int]
    """MMS centres."""
    listeners: tuple[int, int, int]
    """Where our gateways take what the centres bring."""
    media_inbox: int
    unicom_listener: int
    """Where our gateways take what the SGIP carrier brings."""


def demo_ports(data_dir: Path, but: Collection[int] = ()) -> DemoPorts:
    """Return the ports of this data directory, choosing free ones the first time, and none of ``but``."""
    file = data_dir / "demo-ports.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    if "unicom_listener" in found:
        return DemoPorts(
            tuple(found["carriers"]),
            found["inbox"],
            found["handset"],
            tuple(found["centres"]),
            tuple(found["listeners"]),
            found["media_inbox"],
            found["unicom_listener"],
        )
    numbers = iter(free_ports([str(number) for number in range(13)], but).values())
    ports = DemoPorts(
        carriers=(next(numbers), next(numbers), next(numbers)),
        inbox=next(numbers),
        handset=next(numbers),
        centres=(next(numbers), next(numbers), next(numbers)),
        listeners=(next(numbers), next(numbers), next(numbers)),
        media_inbox=next(numbers),
        unicom_listener=next(numbers),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(ports)))
    return ports


def vendor_secret(data_dir: Path) -> str:
    """Return the secret that the platform shares with the simulated handset vendors of this data directory."""
    file = data_dir / "demo-vendor-secret"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def simulator_commands(settings: Settings) -> dict[str, list[str]]:
    """Return the commands of the simulators by name; they are separate processes that know nothing of our database."""
    ports = demo_ports(settings.data_dir)
    carriers = [
        *(sys.executable, "-m", "simulators.carriers"),
        *("--protocol", ",".join(_PROTOCOLS[carrier].value for carrier in _CARRIERS)),
        *("--port", ",".join(map(str, ports.carriers))),
        *("--report-to", f"none,127.0.0.1:{ports.unicom_listener},none"),
        *("--carrier", ",".join(carrier.value for carrier in _CARRIERS)),
        *("--account", SP_ID, "--secret", SECRET),
        *("--latency-ms", "5", "--report-after-ms", "1500", "--no-loss"),
        *("--inbox-port", str(ports.inbox)),
    ]
    handsets = [
        *(sys.executable, "-m", "simulators.handsets"),
        *("--port", str(ports.handset)),
        *("--resolver", settings.redirector_url),
        *("--link-domain", settings.preset_link_domain),
        # One word: a secret may begin with a dash.
        f"--vendor-secret={vendor_secret(settings.data_dir)}",
        *("--inbox", f"http://127.0.0.1:{ports.inbox}"),
        *("--capable-percent", "70"),
    ]
    centres = [
        *(sys.executable, "-m", "simulators.mmsc"),
        *("--port", ",".join(map(str, ports.centres))),
        *("--carrier", ",".join(carrier.value for carrier in _CARRIERS)),
        *("--vasp-url", ",".join(f"http://127.0.0.1:{port}/mm7" for port in ports.listeners)),
        *("--account", SP_ID, "--secret", SECRET),
        *("--latency-ms", "20", "--report-after-ms", "1500", "--no-loss"),
        *("--inbox-port", str(ports.media_inbox)),
    ]
    return {"simulator-carriers": carriers, "simulator-handsets": handsets, "simulator-mmsc": centres}


async def prepare(graph: Graph) -> dict[str, str]:
    """Make the demo tenant and everything it needs, write ``demo.env`` and return its values.

    Needs a running worker.
    """
    settings = graph.settings
    file = settings.data_dir / "demo.env"
    values = _read(file)
    addresses = {
        "HONGYAN_ENDPOINT": settings.console_url,
        "HONGYAN_LINKS": settings.redirector_url,
        "HONGYAN_HANDSET_URL": f"http://127.0.0.1:{demo_ports(settings.data_dir).handset}",
        "HONGYAN_MMSC_URL": f"http://127.0.0.1:{demo_ports(settings.data_dir).media_inbox}",
    }
    await _platform(graph)
    if "HONGYAN_SK" not in values:
        values = await _people(graph)
    tenant, admin = await _tenant(graph)
    template_id = await _approved(graph, tenant, admin)
    values |= {**addresses, "HONGYAN_SMS_TEMPLATE": template_id, "HONGYAN_CARD": "600000001"}
    file.touch(mode=0o600)
    file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    log.info("demo ready", env=str(file), console=settings.console_url)
    return values


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


async def _platform(graph: Graph) -> None:
    """Add the channels, the handset vendors, the public templates and the preset link domain."""
    ports = demo_ports(graph.settings.data_dir)
    secret = vendor_secret(graph.settings.data_dir)
    async with graph.db.begin() as uow:
        known = {}
        protocols = {new.name: new.protocol for new in _channels(ports)}
        for one in await graph.carriers.list_accounts(uow):
            if protocols.get(one.name, one.protocol) is one.protocol:
                known[one.name] = (one.port, one.listen_port)
            else:  # of an earlier demo, whose carriers all spoke CMPP
                await graph.carriers.remove_account(uow, one.name)
        for new in _channels(ports):
            if new.name not in known:
                await graph.carriers.add_account(uow, new)
            elif known[new.name] != (new.port, new.listen_port):
                # Restored into another data directory: its simulators listen elsewhere.
                await graph.carriers.move_account(
                    uow, new.name, host="127.0.0.1", port=new.port, listen_port=new.listen_port
                )
        for vendor in Vendor:
            name = vendor.value.lower()
            endpoint = f"http://127.0.0.1:{ports.handset}/vendors/{name}"
            await graph.handsets.save_vendor(uow, NewVendorAccount(vendor, endpoint, f"sim-{name}", secret))
        await graph.smart.life.seed_public(uow)
        await graph.video_sms.seed_public_templates(uow)
        await graph.short_links.ensure_preset_domain(uow, graph.settings.preset_link_domain)
    async with graph.db.begin() as uow:
        await graph.smart.life.submit_public(uow)
        for vendor in Vendor:
            await graph.jobs.defer(
                uow, "handsets.register_domain", {"vendor": vendor.value, "domain": graph.settings.preset_link_domain}
            )


def _channels(ports: DemoPorts) -> list[NewAccount]:
    """Return for each carrier a channel for SMS and one for video messages."""
    text = [
        NewAccount(
            name=f"demo-{carrier.value}",
            protocol=_PROTOCOLS[carrier],
            host="127.0.0.1",
            port=port,
            login=SP_ID,
            secret=SECRET,
            src_number=SRC,
            carrier=carrier,
            window_pdus=_WINDOWS[carrier],
            listen_port=ports.unicom_listener if carrier is Carrier.UNICOM else None,
            options=WireOptions(corp_id="01234", node=3_010_001_234) if carrier is Carrier.UNICOM else NO_OPTIONS,
        )
        for carrier, port in zip(_CARRIERS, ports.carriers, strict=True)
    ]
    video = [
        dataclasses.replace(
            sms,
            name=f"demo-video-{sms.carrier.value}",
            protocol=Protocol.MM7,
            port=port,
            window_pdus=8,
            listen_port=listener,
            options=NO_OPTIONS,
        )
        for sms, port, listener in zip(text, ports.centres, ports.listeners, strict=True)
    ]
    return text + video


async def _people(graph: Graph) -> dict[str, str]:
    """Give the user of each role a random password, and the tenant's developer a key pair."""
    tenant, _ = await _tenant(graph)
    passwords = {key: secrets.token_urlsafe(12) for key in ("TENANT", "REVIEWER", "OPERATOR")}
    async with graph.db.begin() as uow:
        await _person(graph, uow, None, NewUser("operator", passwords["OPERATOR"], frozenset({Role.PLATFORM_OPERATOR})))
        await _person(graph, uow, None, NewUser("reviewer", passwords["REVIEWER"], frozenset({Role.REVIEWER})))
        tenants_own = passwords["TENANT"]
        owner = await _person(graph, uow, tenant.id, NewUser("admin", tenants_own, frozenset({Role.TE_ADMIN})))
        for name, role in (
            ("campaigner", Role.CAMPAIGN_OPERATOR),
            ("developer", Role.DEVELOPER),
            ("reader", Role.READ_ONLY),
        ):
            await _person(graph, uow, tenant.id, NewUser(name, tenants_own, frozenset({role})))
        actor = Actor(tenant.id, owner.id, owner.name, owner.roles, "cli")
        pair = await graph.identity.access.create_key(uow, actor, description="demo")
    return {
        "HONGYAN_PROJECT_ID": tenant.project.id,
        "HONGYAN_AK": pair.key.ak,
        "HONGYAN_SK": pair.sk,
        "HONGYAN_TENANT_USER": f"{DOMAIN}/admin",
        "HONGYAN_TENANT_PASSWORD": passwords["TENANT"],
        "HONGYAN_REVIEWER_USER": "reviewer",
        "HONGYAN_REVIEWER_PASSWORD": passwords["REVIEWER"],
        "HONGYAN_OPERATOR_USER": "operator",
        "HONGYAN_OPERATOR_PASSWORD": passwords["OPERATOR"],
    }


async def _person(graph: Graph, uow: Uow, tenant_id: TenantId | None, wanted: NewUser) -> User:
    """Make a user; one who is there (of a restored demo, or of a start that was killed) gets the new password."""
    people, system = graph.identity.people, system_actor()
    for user in (await people.list_users(uow, system, tenant_id, limit=100)).items:
        if user.name == wanted.name:
            await people.reset_password(uow, system, tenant_id, user.id, wanted.password)
            return user
    return await people.create_user(uow, system, tenant_id, wanted)


async def _tenant(graph: Graph) -> tuple[Tenant, Actor]:
    """Return the demo tenant with its services open, and an actor for it."""
    system = system_actor()
    tenants = graph.identity.tenants
    async with graph.db.begin() as uow:
        tenant = await tenants.find_tenant_by_domain(uow, DOMAIN)
        if tenant is None:
            new = NewTenant(LEGAL_NAME, "鸿雁演示", CREDIT_CODE, DOMAIN, "demo@example.com")
            tenant = await tenants.create_tenant(uow, system, new)
            await tenants.set_real_name(uow, system, tenant.id, RealName.VERIFIED)
            await tenants.bind_email(uow, system, tenant.id, "demo@example.com")
        actor = _admin(tenant.id)
        for service in (Service.SMART, Service.BASIC, Service.SERVICE_ACCOUNTS):
            if service not in tenant.services:
                tenant = await tenants.open_service(uow, actor, service)
    return tenant, actor


def _admin(tenant_id: TenantId) -> Actor:
    return Actor(tenant_id, system_actor().user_id, "demo", frozenset({Role.TE_ADMIN}), "cli")


async def _approved(graph: Graph, tenant: Tenant, admin: Actor) -> str:
    """File, sign and template, each submitted and then approved at the review desk; returns the template's id."""
    async with graph.db.begin() as uow:
        for scene in _SCENES:
            if (await graph.enterprises.get_filing(uow, admin, scene)).state is FilingState.NONE:
                await _file(graph, uow, admin, scene)
    await _approve_all(graph)
    await _until(graph, "the filings are approved", lambda: _is_filed(graph, admin))
    signature_id = await _signature(graph, admin)
    await _approve_all(graph)
    await _until(graph, "the signature has its channel number", lambda: _has_channel(graph, admin, signature_id))
    template_id = await _template(graph, admin, signature_id)
    await _approve_all(graph)
    await _until(graph, "the template can be sent", lambda: _is_sendable(graph, tenant.id, template_id))
    return template_id


async def _file(graph: Graph, uow: Uow, admin: Actor, scene: Scene) -> None:
    enterprises = graph.enterprises
    # With the relation letter the demo company may also try signatures that are not its own name.
    values = {"document_type": "business_licence", "signature_differs": "yes", **_COMPANY}
    await enterprises.save_filing(uow, admin, scene, values)
    await enterprises.upload_paper(uow, admin, scene, "business_licence", "licence.png", _licence())
    for field in _SCENES[scene]:
        name, paper = (f"{field}.pdf", _pdf(field)) if field in _SCENES[Scene.BASIC] else (f"{field}.png", _licence())
        await enterprises.upload_paper(uow, admin, scene, field, name, paper)
    await enterprises.submit_filing(uow, admin, scene)


async def _signature(graph: Graph, admin: Actor) -> str:
    async with graph.db.begin() as uow:
        apps = await graph.sms.apps.list_apps(uow, admin, ListFilter(), offset=0, limit=10)
        app = apps.items[0] if apps.items else await graph.sms.apps.create_app(uow, admin, "demo")
        ours = ListFilter(name=LEGAL_NAME)
        signatures = await graph.sms.signatures.list_signatures(uow, admin, ours, offset=0, limit=10)
        if signatures.items:
            return signatures.items[-1].signature_id
        file = await graph.sms.apps.upload_file(uow, admin, "licence.png", _licence())
        form = SignatureForm(
            name=LEGAL_NAME,
            type=SmsType.NOTIFY,
            app_id=app.app_id,
            licence_file_id=FileId(file.file_id),
            source=SignatureSource.COMPANY,
            involves_third_party=False,
        )
        return (await graph.sms.signatures.create_signature(uow, admin, form)).signature_id


async def _template(graph: Graph, admin: Actor, signature_id: str) -> str:
    async with graph.db.begin() as uow:
        ours = ListFilter(name=_TEMPLATE)
        templates = await graph.sms.templates.list_templates(uow, admin, ours, offset=0, limit=10)
        if templates.items:
            return templates.items[-1].template_id
        form = TemplateForm(
            name=_TEMPLATE,
            signature_id=SignatureId(signature_id),
            content=_TEXT,
            variables=(
                VariableSpec(1, VariableType.TEXT, "会员称呼"),
                VariableSpec(2, VariableType.NEWTEXT, ""),
            ),
            desc="演示：会员权益通知",
        )
        return (await graph.sms.templates.create_template(uow, admin, form)).template_id


async def _approve_all(graph: Graph) -> None:
    """Approve what the demo tenant has on the review desk, as its reviewer would."""
    reviewer = Actor(None, system_actor().user_id, "reviewer", frozenset({Role.REVIEWER}), "cli")
    async with graph.db.begin() as uow:
        tenant = await graph.identity.tenants.find_tenant_by_domain(uow, DOMAIN)
        wanted = ReviewFilter(state=ReviewState.PENDING, tenant_id=tenant.id if tenant else None)
        for review in (await graph.reviews.list_reviews(uow, reviewer, wanted, limit=100)).items:
            await graph.reviews.approve(uow, reviewer, review.review_id, "demo")


async def _is_filed(graph: Graph, admin: Actor) -> bool:
    async with graph.db.begin() as uow:
        filings = [await graph.enterprises.get_filing(uow, admin, scene) for scene in _SCENES]
        return all(filing.state is FilingState.APPROVED for filing in filings)


async def _has_channel(graph: Graph, admin: Actor, signature_id: str) -> bool:
    async with graph.db.begin() as uow:
        return bool((await graph.sms.signatures.get_signature(uow, admin, signature_id)).channel_number)


async def _is_sendable(graph: Graph, tenant_id: TenantId, template_id: str) -> bool:
    async with graph.db.begin() as uow:
        return any(row.template_id == template_id for row in await graph.sms.list_sendable(uow, tenant_id))


async def _until(graph: Graph, what: str, holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a job has done its work.

    Raises:
        TimeoutError: it did not within 90 s: is a worker running?
    """
    deadline = graph.clock.monotonic() + _WAIT_S
    while not await holds():
        if graph.clock.monotonic() > deadline:
            msg = f"the demo waits in vain until {what}: see the worker's log"
            raise TimeoutError(msg)
        await asyncio.sleep(0.1)


def _licence() -> bytes:
    """Return a picture that stands for a business licence and says that it is none."""
    picture = Image.new("RGB", (640, 420), "#fbf7ee")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((12, 12, 627, 407), outline="#b08d3c", width=4)
    draw.text((200, 190), "DEMO - NOT A LICENCE", fill="#7a5c1e")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _pdf(title: str) -> bytes:
    """Return a one-page PDF with a title."""
    buffer = io.BytesIO()
    page = Image.new("RGB", (595, 842), "white")
    ImageDraw.Draw(page).text((60, 60), f"DEMO: {title}", fill="black")
    page.save(buffer, "PDF")
    return buffer.getvalue()
