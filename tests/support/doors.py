"""The public doors of an installation as people and programs use them: console sessions, signed calls, the SDK, phones.

Nothing here imports the product beyond the client that ``hongyan send`` itself uses.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import pytest
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkkoomessage import v1 as sdk

from hongyan.run.client import ApiClient
from simulators.handsets.devices import Devices
from support.installation import Installation
from support.office import PDF, picture
from support.sdk import sdk_client

PLAIN_CARD = "600000001"
PARCEL_CARD = "600000002"
HUAWEI_CARD = "600000012"
PASSWORD = "a long enough password 1"
_DEVICES = Devices(70)
_BLOCKS = itertools.count(13510000000, 20_000)
_WAIT_S = 60.0


def phones(count: int, *, can_show: bool, vendor: str | None = None) -> list[str]:
    """Return numbers nobody used yet whose handsets can show cards, or cannot; the vendors' simulator knows which."""
    found: list[str] = []
    number = next(_BLOCKS)
    while len(found) < count:
        device = _DEVICES.of_number(str(number))
        if device.can_show == can_show and (vendor is None or device.vendor == vendor):
            found.append(str(number))
        number += 1
    return found


class Console:
    """A browser's session: cookie, CSRF token, problem documents."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Sign in."""
        self._http = httpx.Client(
            base_url=f"{url}/console/api", timeout=30, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._http.post("/session", json={"user": user, "password": password}).raise_for_status()
        self.session: dict[str, Any] = self._http.get("/session").json()
        self._http.headers["x-csrf-token"] = self.session["csrf"]

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call and return the answer, whatever it is."""
        return self._http.request(method, path, **more)

    def get(self, path: str, **query: Any) -> Any:
        """Return what a page shows."""
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, method: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        """Do something that must succeed."""
        answer = self.ask(method, path, json=body, **more) if body is not None else self.ask(method, path, **more)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def lines(self, path: str) -> list[str]:
        """Read a stream to its end."""
        with self._http.stream("GET", path) as answer:
            return list(answer.iter_lines())


@dataclass
class Company:
    """A tenant with a key pair, ready to send; ``templates`` by name."""

    name: str
    url: str
    project_id: str
    ak: str
    sk: str
    user: str
    password: str
    tenant_id: str = ""
    app_id: str = ""
    app_name: str = ""
    channel_number: str = ""
    signature_id: str = ""
    credit_code: str = ""
    templates: dict[str, str] = field(default_factory=dict)

    def api(self) -> ApiClient:
        """Return a signed client."""
        return ApiClient(self.url, project_id=self.project_id, ak=self.ak, sk=self.sk)

    def sdk(self) -> Any:
        """Return the vendor's client."""
        return sdk_client(self.url, ak=self.ak, sk=self.sk, project_id=self.project_id)

    def console(self) -> Console:
        """Return a session of its administrator."""
        return Console(self.url, self.user, self.password)

    def env(self) -> dict[str, str]:
        """Return what ``hongyan send`` reads."""
        return {
            "HONGYAN_ENDPOINT": self.url,
            "HONGYAN_PROJECT_ID": self.project_id,
            "HONGYAN_AK": self.ak,
            "HONGYAN_SK": self.sk,
        }


def demo_company(installation: Installation) -> Company:
    """Return the demo tenant as ``demo.env`` describes it, with the names of its one app and signature."""
    env = installation.env
    company = Company(
        name="鸿雁演示企业",
        url=installation.url,
        project_id=env["HONGYAN_PROJECT_ID"],
        ak=env["HONGYAN_AK"],
        sk=env["HONGYAN_SK"],
        user=env["HONGYAN_TENANT_USER"],
        password=env["HONGYAN_TENANT_PASSWORD"],
        templates={"member": env["HONGYAN_SMS_TEMPLATE"]},
    )
    rows = company.console().get("/sms/sendable")["items"]
    row = next(row for row in rows if row["template_id"] == company.templates["member"])
    company.app_name, company.channel_number = row["app_name"], row["channel_number"]
    company.signature_id = row["signature_id"]
    return company


def until(what: str, holds: Callable[[], Any], timeout_s: float = _WAIT_S) -> Any:
    """Poll ``holds`` until it returns something true; return that."""
    deadline = time.monotonic() + timeout_s
    while not (found := holds()):
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain until {what}"
        time.sleep(0.1)
    return found


# --- paperwork ----------------------------------------------------------------------------------------------------------


def reviewer(installation: Installation) -> Console:
    """Return a reviewer's session."""
    env = installation.env
    return Console(installation.url, env["HONGYAN_REVIEWER_USER"], env["HONGYAN_REVIEWER_PASSWORD"])


def operator(installation: Installation) -> Console:
    """Return a platform operator's session."""
    env = installation.env
    return Console(installation.url, env["HONGYAN_OPERATOR_USER"], env["HONGYAN_OPERATOR_PASSWORD"])


def approve_all(desk: Console) -> int:
    """Approve whatever waits on the review desk; returns how much it was."""
    waiting = desk.get("/reviews", state="pending", limit=100)["items"]
    for review in waiting:
        desk.act("POST", f"/reviews/{review['review_id']}/approve", {"note": ""})
    return len(waiting)


def found_company(installation: Installation, name: str, domain: str, credit_code: str) -> Company:
    """Make a tenant through the operator's console, with an administrator, its service open, and a key pair."""
    desk = operator(installation)
    body = {"legal_name": name, "short_name": name[:6], "credit_code": credit_code, "domain_name": domain}
    tenant = desk.act("POST", "/tenants", {**body, "contact_email": f"it@{domain}.example.com"})
    desk.act("PATCH", f"/tenants/{tenant['id']}", {"real_name": "verified"})
    desk.act("POST", f"/tenants/{tenant['id']}/users", {"name": "owner", "password": PASSWORD, "roles": ["te_admin"]})
    owner = Console(installation.url, f"{domain}/owner", PASSWORD)
    owner.act("PUT", "/account/email", {"email": f"it@{domain}.example.com"})
    account = owner.act("POST", "/services/smart/open")
    pair = owner.act("POST", "/access-keys", {"description": "program"})
    project = (account or owner.get("/account"))["project_id"]
    user = f"{domain}/owner"
    return Company(name, installation.url, project, pair["key"]["ak"], pair["sk"], user, PASSWORD, tenant["id"])


def file_papers(company: Company) -> None:
    """Hand in the filing to send."""
    owner = company.console()
    owner.act("PUT", "/filings/smart_send", {"values": {"document_type": "business_licence"}})
    papers = {
        "business_licence": ("licence.png", picture()),
        "material_commitment": ("commitment.pdf", PDF),
        "signature_authorisation": ("authorisation.pdf", PDF),
    }
    for paper, content in papers.items():
        owner.act("POST", f"/filings/smart_send/papers/{paper}", files={"file": content})
    owner.act("POST", "/filings/smart_send/submit")


def add_signature(company: Company, app_id: str, name: str, kind: str = "NOTIFY_TYPE") -> str:
    """Create a signature with the SDK; somebody has to approve it. Returns its id."""
    client = company.sdk()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "licence.png"
        file.write_bytes(picture())
        with closing(FormFile(str(file))) as upload:
            body = sdk.UploadAimMsgSignatureFileRequestBody(file=upload)
            proof = client.upload_aim_msg_signature_file(sdk.UploadAimMsgSignatureFileRequest(body=body))
    wanted = sdk.SignatureRequest(
        signature_name=name,
        signature_type=kind,
        app_id=app_id,
        file_id=proof.file_id,
        signature_source="0",
        is_involved_third="no",
    )
    return str(client.add_aim_msg_signature(sdk.AddAimMsgSignatureRequest(body=wanted)).signature_id)


def get_signature(company: Company, signature_id: str) -> Any:
    """Return a signature as the SDK shows it."""
    request = sdk.ListAimMsgSignatureDetailRequest(signature_id=signature_id)
    return company.sdk().list_aim_msg_signature_detail(request)


def add_template(
    company: Company, key: str, content: str, variables: Sequence[tuple[int, str]], *, signature_id: str | None = None
) -> str:
    """Create an SMS template with the SDK; somebody has to approve it. Returns its id."""
    attributes = [
        sdk.VariableAttributes(variable_index=index, variable_type=kind, variable_desc="值" if kind == "TEXT" else None)
        for index, kind in variables
    ]
    body = sdk.MsgTemplateRequest(
        signature_id=signature_id or company.signature_id,
        template_content=content,
        template_name=key,
        template_desc="会员服务通知",
        variable_attributes=attributes,
    )
    made = company.sdk().create_aim_msg_template(sdk.CreateAimMsgTemplateRequest(body=body))
    company.templates[key] = str(made.template_id)
    return company.templates[key]


# --- sends --------------------------------------------------------------------------------------------------------------


def csv_of(numbers: Sequence[str], **columns: Sequence[str]) -> bytes:
    """Return a csv with a header 手机号码 and one column per keyword."""
    rows = [["手机号码", *columns], *([one, *(c[i] for c in columns.values())] for i, one in enumerate(numbers))]
    return "\ufeff".encode() + "\r\n".join(",".join(row) for row in rows).encode()


async def upload(api: ApiClient, name: str, data: bytes) -> dict[str, Any]:
    """Upload a number file and return it as it was parsed, or failed."""

    async def chunks() -> AsyncIterator[bytes]:
        yield data

    file = await api.call("POST", "/v1/hongyan/number-files", query={"name": name}, stream=chunks())
    deadline = time.monotonic() + _WAIT_S
    while file["state"] not in {"parsed", "failed"}:
        assert time.monotonic() < deadline, file
        await asyncio.sleep(0.1)
        file = await api.call("GET", f"/v1/hongyan/number-files/{file['file_id']}")
    return file


async def start(
    api: ApiClient, template: str, numbers: bytes, *, key: str | None = None, **fields: Any
) -> dict[str, Any]:
    """Upload numbers and create a send task; returns it as it was accepted."""
    file = await upload(api, "numbers.csv", numbers)
    body = {
        "name": "journey",
        "card_template_id": PLAIN_CARD,
        "sms_template_id": template,
        "number_file_id": file["file_id"],
        **fields,
    }
    return await api.call("POST", "/v1/hongyan/send-tasks", body=body, idempotency_key=key)


async def task_when(
    api: ApiClient, task_id: str, holds: Callable[[dict[str, Any]], Any], timeout_s: float = _WAIT_S
) -> dict[str, Any]:
    """Return a task as soon as it looks as wanted."""
    deadline = time.monotonic() + timeout_s
    while True:
        task = await api.call("GET", f"/v1/hongyan/send-tasks/{task_id}")
        if holds(task):
            return task
        assert time.monotonic() < deadline, f"after {timeout_s} s: {json.dumps(task, ensure_ascii=False)}"
        await asyncio.sleep(0.1)


async def task_end(api: ApiClient, task_id: str) -> dict[str, Any]:
    """Return a task when it is over."""
    return await task_when(api, task_id, lambda task: task["is_final"])


async def send_and_wait(api: ApiClient, template: str, numbers: bytes, **fields: Any) -> dict[str, Any]:
    """Send to numbers and return the task when it is over."""
    return await task_end(api, (await start(api, template, numbers, **fields))["task_id"])


@asynccontextmanager
async def signed(company: Company) -> AsyncIterator[ApiClient]:
    """Yield a connected client."""
    async with company.api() as api:
        yield api


def credit_code() -> str:
    """Return a unified social credit code with a right check character. Source: GB 32100-2015."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91110000" + uuid4().hex[:9].upper()
    total = sum(alphabet.index(ch) * pow(3, place, 31) for place, ch in enumerate(body))
    return body + alphabet[-total % 31]


def unique(prefix: str) -> str:
    """Return a text of at most 30 characters that nobody used before."""
    return f"{prefix}-{uuid4().hex[:10]}"


def vendor_now() -> str:
    """Return the time as the vendor's query parameters spell it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- fixtures -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo(installation: Installation) -> Company:
    """The demo tenant, with one more template that has a variable of every kind."""
    company = demo_company(installation)
    variables = [(1, "PHONE"), (2, "CHARDIGIT"), (3, "DATETIME"), (4, "MONEY"), (5, "TEXT"), (6, "NEWTEXT")]
    add_template(company, "all kinds", "号码${1}单号${2}日期${3}金额${4}备注${5}详情${6}谢谢", variables)
    add_template(company, "link only", "您的会员权益已更新，详情点击${1}查看。", [(1, "NEWTEXT")])
    approve_all(reviewer(installation))
    wait_sendable(company, company.templates.values())
    return company


@pytest.fixture(scope="session")
def newcomer(installation: Installation) -> Company:
    """A second company that came to its first template through the doors alone."""
    return ready_company(installation, "青鸟测试公司")


def ready_company(installation: Installation, name: str) -> Company:
    """Make a company and bring it through the doors to its first template, ``member``."""
    desk, code = reviewer(installation), credit_code()
    company = found_company(installation, name, unique("qn"), code)
    company.credit_code = code
    file_papers(company)
    approve_all(desk)
    until("the filing is approved", lambda: filing_state(company) == "approved")
    made = company.sdk().create_sms_app(sdk.CreateSmsAppRequest(body=sdk.MsgAppRequest(app_name="QINGNIAO")))
    company.app_id, company.app_name = str(made.app_id), "QINGNIAO"
    company.signature_id = add_signature(company, company.app_id, company.name)
    approve_all(desk)
    wait_set_up(company, company.signature_id)
    company.channel_number = get_signature(company, company.signature_id).channel_num
    add_template(company, "member", "尊敬的${1}，您的积分已到账，详情点击${2}查看。", [(1, "TEXT"), (2, "NEWTEXT")])
    approve_all(desk)
    wait_sendable(company, company.templates.values())
    return company


def wait_set_up(company: Company, signature_id: str) -> None:
    """Wait until an approved signature has its channel number."""
    until("the signature is set up", lambda: get_signature(company, signature_id).status == "REVIEW_PASSED")


def filing_state(company: Company) -> str:
    """Return the state of the filing to send."""
    return str(company.console().get("/filings/smart_send")["state"])


def wait_sendable(company: Company, template_ids: Iterable[str]) -> None:
    """Wait until templates can be sent: the desk's decision is carried out by a job."""
    console, wanted = company.console(), set(template_ids)

    def holds() -> bool:
        return wanted <= {row["template_id"] for row in console.get("/sms/sendable")["items"]}

    until(f"{wanted} can be sent", holds)
