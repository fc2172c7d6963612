"""Answers about channel numbers, bindings and pictures; as ``answers``."""

from typing_extensions import TypedDict

from hongyan.kernel.http.vendor import aim_time
from hongyan.rooms.service_accounts.contracts.accounts import Picture
from hongyan.rooms.service_accounts.contracts.ports import Port, PortRow
from hongyan.rooms.service_accounts.vendor_api.answers import URL_PREFIX, Links
from hongyan.rooms.service_accounts.vendor_api.shapes import PageInfo


class RegisteredPort(TypedDict):
    """A channel number that was registered."""

    port: str
    port_type: int
    sign: list[str]


class RegisteredPortData(TypedDict):
    """Doubled data."""

    data: RegisteredPort


class RegisteredPortAnswer(TypedDict):
    """Answer of registering."""

    data: RegisteredPortData


class BoundPub(TypedDict):
    """An account that is bound to a channel number; ``pub_reference`` is its remark."""

    pub_name: str
    pub_reference: str


class PortItem(TypedDict):
    """A channel number, or a binding."""

    id: str
    create_time: str
    pub_id: str | None
    port: str
    sign: list[str]
    authorization_files: dict[str, str]
    pub_name: str | None
    port_type: int
    sign_check: int
    province: str | None
    is_bind: int
    pub_list: list[BoundPub]


class PortPage(TypedDict):
    """A page of channel numbers or bindings."""

    data: list[PortItem]
    page_info: PageInfo


class PortList(TypedDict):
    """Answer of listing."""

    data: PortPage


class DeletedPort(TypedDict):
    """A channel number that was deleted."""

    port: str
    port_type: int


class DeletedPortData(TypedDict):
    """Doubled data."""

    data: DeletedPort


class DeletedPortAnswer(TypedDict):
    """Answer of deleting."""

    data: DeletedPortData


class Message(TypedDict):
    """What happened, in one word."""

    message: str


class MessageAnswer(TypedDict):
    """Answer of binding and unbinding."""

    data: Message


class UploadedPicture(TypedDict):
    """A picture; ``resource_type`` is always 1, ``auth_resource_url`` shows it for 24 hours."""

    resource_type: int
    resource_id: str
    resource_url: str
    auth_resource_url: str


class UploadAnswer(TypedDict):
    """Answer of an upload."""

    data: UploadedPicture


def registered(port: Port) -> RegisteredPortAnswer:
    """Return a channel number that was registered."""
    form = port.form
    return {"data": {"data": {"port": form.port, "port_type": form.type.value, "sign": list(form.signs)}}}


def item(row: PortRow, links: Links) -> PortItem:
    """Return a row of either list: ids, signatures and times are the binding's where there is one."""
    form, bound = row.port.form, row.binding
    first = row.pubs[0] if bound is not None and row.pubs else None
    return {
        "id": row.port.port_id if bound is None else bound.binding_id,
        "create_time": aim_time(row.port.created_at if bound is None else bound.created_at),
        "pub_id": None if first is None else first.pub_id,
        "port": form.port,
        "sign": list(form.signs if bound is None else bound.signs),
        "authorization_files": {one: links[one] for one in form.proofs if one in links},
        "pub_name": None if first is None else first.shown.name,
        "port_type": form.type.value,
        "sign_check": int(form.is_checked),
        "province": None if bound is None else ",".join(bound.areas),
        "is_bind": int(bool(row.pubs)),
        "pub_list": [{"pub_name": pub.shown.name, "pub_reference": pub.shown.remark} for pub in row.pubs],
    }


def uploaded(picture: Picture, link: str) -> UploadAnswer:
    """Return a picture that was uploaded."""
    return {
        "data": {
            "resource_type": 1,
            "resource_id": picture.picture_id,
            "resource_url": URL_PREFIX + picture.name,
            "auth_resource_url": link,
        }
    }
