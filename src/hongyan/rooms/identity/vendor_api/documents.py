"""What ``/v3`` takes and answers, as the OpenAPI document shows it. Source: api.md of the requirements §1.3, §1.4."""

from typing import Any, Final, NotRequired

from typing_extensions import TypedDict


class NamedDocument(TypedDict):
    """An account, or a role."""

    id: str
    name: str


class ScopedDocument(NamedDocument):
    """A project or a user, with its account."""

    domain: NamedDocument


class UserDocument(ScopedDocument):
    """Whose token it is."""

    password_expires_at: str


class TokenFields(TypedDict):
    """What a token stands for: for the project, or for the whole account."""

    methods: list[str]
    issued_at: str
    expires_at: str
    user: UserDocument
    roles: list[NamedDocument]
    catalog: list[str]
    project: NotRequired[ScopedDocument]
    domain: NotRequired[NamedDocument]


class TokenDocument(TypedDict):
    """A token; its text is in the header ``X-Subject-Token``."""

    token: TokenFields


class LinksDocument(TypedDict):
    """Where something is."""

    self: str


class ProjectDocument(TypedDict):
    """A project."""

    id: str
    name: str
    domain_id: str
    parent_id: str
    is_domain: bool
    enabled: bool
    description: str
    links: LinksDocument


class ProjectList(TypedDict):
    """The projects that an account has: one."""

    links: LinksDocument
    projects: list[ProjectDocument]


class DomainDocument(TypedDict):
    """An account."""

    id: str
    name: str
    enabled: bool
    description: str


class DomainList(TypedDict):
    """The caller's account."""

    links: LinksDocument
    domains: list[DomainDocument]


_NAMED = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
_USER = {
    "type": "object",
    "required": ["name", "password", "domain"],
    "properties": {"name": {"type": "string"}, "password": {"type": "string"}, "domain": _NAMED},
}
_TOTP_USER = {
    "type": "object",
    "required": ["passcode"],
    "properties": {"id": {"type": "string"}, "passcode": {"type": "string"}},
}
_IDENTITY = {
    "type": "object",
    "required": ["methods", "password"],
    "properties": {
        "methods": {"type": "array", "items": {"enum": ["password", "totp"]}, "minItems": 1, "maxItems": 2},
        "password": {"type": "object", "required": ["user"], "properties": {"user": _USER}},
        "totp": {"type": "object", "required": ["user"], "properties": {"user": _TOTP_USER}},
    },
}
_SCOPE = {"type": "object", "properties": {"project": _NAMED, "domain": _NAMED}}
TOKEN_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["auth"],
                "properties": {
                    "auth": {
                        "type": "object",
                        "required": ["identity"],
                        "properties": {"identity": _IDENTITY, "scope": _SCOPE},
                    }
                },
            },
            "example": {
                "auth": {
                    "identity": {
                        "methods": ["password"],
                        "password": {"user": {"name": "admin", "password": "…", "domain": {"name": "hongyan-demo"}}},
                    },
                    "scope": {"project": {"name": "cn-north-4"}},
                }
            },
        }
    },
}


TOKEN_ANSWER: Final[dict[str, Any]] = {
    "model": TokenDocument,
    "headers": {
        "X-Subject-Token": {"description": "The token.", "required": True, "schema": {"type": "string"}},
    },
}
