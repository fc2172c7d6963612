"""The answers as the OpenAPI document shows them. Source: api.md of the requirements §5.8 to §5.10."""

from typing_extensions import TypedDict


class PageInfo(TypedDict):
    """The request's own numbers and the full count."""

    offset: int
    limit: int
    total: int


class AppNamed(TypedDict):
    """What creating and changing an app return."""

    app_name: str
    app_id: str


class App(TypedDict):
    """An app."""

    app_id: str
    app_name: str
    status: str
    region: str
    create_time: str
    up_link_addr: str


class AppPage(TypedDict):
    """A page of apps."""

    result: list[App]
    page_info: PageInfo


class FileNamed(TypedDict):
    """What an upload returns."""

    file_id: str


class FileShown(TypedDict):
    """What is known of a picture."""

    file_id: str
    file_name: str


class SignatureNamed(TypedDict):
    """What creating and changing a signature return."""

    signature_id: str
    signature_name: str


class Signature(TypedDict):
    """A signature."""

    signature_name: str
    signature_id: str
    signature_type: str
    app_name: str
    app_id: str
    apply_desc: str
    channel_num: str | None
    file_id: str
    status: str
    signature_source: int
    is_involved_third: str
    power_attorney_file_id: str
    urge_status: str
    urge_time: str
    urge_desc: str
    review_desc: str
    source_title_content: str
    create_time: str


class SignaturePage(TypedDict):
    """A page of signatures."""

    result: list[Signature]
    page_info: PageInfo


class TemplateNamed(TypedDict):
    """What creating and changing a template return."""

    template_id: str
    template_name: str


class Template(TypedDict):
    """A template."""

    template_id: str
    template_name: str
    create_time: str
    template_type: str
    app_id: str
    app_name: str
    signature_id: str
    template_content: str
    template_desc: str
    has_variable: str
    flow_status: str
    status: str
    universal_template: int
    urge_status: str
    urge_time: str
    urge_desc: str
    review_desc: str


class TemplatePage(TypedDict):
    """A page of templates."""

    result: list[Template]
    page_info: PageInfo


class Variable(TypedDict):
    """A variable of a template."""

    id: int
    variable_index: int
    variable_length: int
    variable_type: str
    variable_desc: str


class VariableList(TypedDict):
    """The variables of a template."""

    results: list[Variable]
    total: int
