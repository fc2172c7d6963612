"""Refusals of service accounts; each has its own code of our block KM.999907.

Tree::

    HongyanError
    ├── NotFound: PubNotFound, MenuNotFound, PortalNotFound, PortNotFound, BindingNotFound, PictureNotFound,
    │     ShortcutNotFound
    ├── AccountRefused
    │   ├── MenuRefused, PictureRefused, PictureUnfit, ProofsTooLarge
    │   ├── PubNameTaken, RemarkNeeded
    │   ├── RegionUnknown, RegionsOverlap, ShortcutsOverlap
    │   └── PortTaken, NoApprovedPub, SignNotOnPort, SignIsForeign, PortDiffers
    └── Conflict: UnderReview, PubInWrongState, ShortcutInWrongState, PubNotPassed, NothingToUrge, PortIsBound
"""

from hongyan.kernel.errors import Conflict, HongyanError, NotFound


class AccountRefused(HongyanError):
    """A refusal of this room: a field, or what it points to."""

    code = "service_accounts.refused"
    vendor_code = "KM.99990700"


class PubNotFound(NotFound):
    """The tenant has no such account."""

    code = "service_accounts.pub_not_found"
    vendor_code = "KM.99990701"
    en = "{field}: service account {id} does not exist."
    zh = "{field}：服务号 {id} 不存在。"


class MenuNotFound(NotFound):
    """The tenant has no such menu."""

    code = "service_accounts.menu_not_found"
    vendor_code = "KM.99990702"
    en = "{field}: menu {id} does not exist."
    zh = "{field}：菜单 {id} 不存在。"


class PortalNotFound(NotFound):
    """The tenant has no such home page."""

    code = "service_accounts.portal_not_found"
    vendor_code = "KM.99990703"
    en = "{field}: home page {id} does not exist."
    zh = "{field}：主页 {id} 不存在。"


class PortNotFound(NotFound):
    """The tenant has no such channel number."""

    code = "service_accounts.port_not_found"
    vendor_code = "KM.99990704"
    en = "{field}: channel number {id} does not exist."
    zh = "{field}：通道号 {id} 不存在。"


class BindingNotFound(NotFound):
    """The tenant has no such binding."""

    code = "service_accounts.binding_not_found"
    vendor_code = "KM.99990705"
    en = "{field}: binding {id} does not exist."
    zh = "{field}：绑定关系 {id} 不存在。"


class PictureNotFound(NotFound):
    """The tenant has no such picture."""

    code = "service_accounts.picture_not_found"
    vendor_code = "KM.99990706"
    en = "{field}: picture {id} does not exist."
    zh = "{field}：图片资源 {id} 不存在。"


class ShortcutNotFound(NotFound):
    """The tenant has no such scene of shortcut keys."""

    code = "service_accounts.shortcut_not_found"
    vendor_code = "KM.99990707"
    en = "{field}: the scene of shortcut keys {id} does not exist."
    zh = "{field}：快捷键场景 {id} 不存在。"


class PubNameTaken(AccountRefused):
    """Another company has an account of that name."""

    code = "service_accounts.name_taken"
    vendor_code = "KM.99990710"
    status = 409
    en = "pub_name: {name} is the name of another company's service account."
    zh = "pub_name：服务号名称 {name} 已被其他企业使用。"


class RemarkNeeded(AccountRefused):
    """The company's accounts of one name must differ in their remarks."""

    code = "service_accounts.remark_needed"
    vendor_code = "KM.99990711"
    status = 409
    en = "pub_remark: there is a service account named {name} already; a remark that tells them apart is needed."
    zh = "pub_remark：已有名称为 {name} 的服务号，请填写不同的备注。"


class UnderReview(Conflict):
    """The last submission is not decided yet."""

    code = "service_accounts.under_review"
    vendor_code = "KM.99990712"
    en = "{field}: {id} is under review; wait for the decision."
    zh = "{field}：{id} 正在审核中，请等待审核结果。"


class PubInWrongState(Conflict):
    """The account's state does not allow this."""

    code = "service_accounts.wrong_state"
    vendor_code = "KM.99990713"
    en = "{field}: the service account is in state {state}; this needs state {needed}."
    zh = "{field}：服务号当前状态为 {state}，此操作要求状态为 {needed}。"


class PubNotPassed(Conflict):
    """Menus and home pages can be urged only after their account passed."""

    code = "service_accounts.pub_not_passed"
    vendor_code = "KM.99990714"
    en = "{field}: the service account itself has not passed its review yet."
    zh = "{field}：服务号尚未审核通过。"


class NothingToUrge(Conflict):
    """There is no open review."""

    code = "service_accounts.nothing_to_urge"
    vendor_code = "KM.99990715"
    en = "{field}: nothing of {id} waits for a review."
    zh = "{field}：{id} 没有待审核的内容。"


class ShortcutInWrongState(Conflict):
    """The state of the scene of shortcut keys does not allow this."""

    code = "service_accounts.shortcut_state"
    vendor_code = "KM.99990716"
    en = "{field}: the shortcut keys are in state {state}; this needs state {needed}."
    zh = "{field}：快捷键当前状态为 {state}，此操作要求状态为 {needed}。"


class PictureRefused(AccountRefused):
    """An uploaded file is not the picture it must be."""

    code = "service_accounts.picture_refused"
    vendor_code = "KM.99990720"
    en = "{field}: {reason}."
    zh = "{field}：{reason_zh}。"

    def __init__(self, field: str, *, reason: str, reason_zh: str) -> None:
        """Name the field and say what is wrong, in both languages."""
        super().__init__(field, reason=reason, reason_zh=reason_zh)


class PictureUnfit(AccountRefused):
    """A picture cannot be used at this place."""

    code = "service_accounts.picture_unfit"
    vendor_code = "KM.99990721"
    en = "{field}: picture {id} cannot be used here: {reason}."
    zh = "{field}：图片资源 {id} 不符合要求：{reason_zh}。"

    def __init__(self, field: str, *, picture_id: str, reason: str, reason_zh: str) -> None:
        """Name the field and say what is wrong, in both languages."""
        super().__init__(field, id=picture_id, reason=reason, reason_zh=reason_zh)


class ProofsTooLarge(AccountRefused):
    """All proofs together are too large."""

    code = "service_accounts.proofs_too_large"
    vendor_code = "KM.99990722"
    en = "{field}: all pictures together are larger than {limit} MB."
    zh = "{field}：全部图片总大小不能超过 {limit} MB。"


class MenuRefused(AccountRefused):
    """A menu item breaks a rule."""

    code = "service_accounts.menu_refused"
    vendor_code = "KM.99990730"
    en = "{field}: {reason}."
    zh = "{field}：{reason_zh}。"

    def __init__(self, field: str, *, reason: str, reason_zh: str) -> None:
        """Name the item and say what is wrong, in both languages."""
        super().__init__(field, reason=reason, reason_zh=reason_zh)


class RegionUnknown(AccountRefused):
    """No region of the list has that name."""

    code = "service_accounts.region_unknown"
    vendor_code = "KM.99990740"
    en = "{field}: {name} is no region of the list."
    zh = "{field}：地区 {name} 不在地区名称列表中。"


class RegionsOverlap(AccountRefused):
    """Two regions share a place."""

    code = "service_accounts.regions_overlap"
    vendor_code = "KM.99990741"
    en = "{field}: {first} and {second} overlap."
    zh = "{field}：地区 {first} 与 {second} 重叠。"


class ShortcutsOverlap(AccountRefused):
    """Another scene of the signature is shown, or waits to be, in one of the regions."""

    code = "service_accounts.shortcuts_overlap"
    vendor_code = "KM.99990742"
    status = 409
    en = "{field}: the shortcut keys of {sign} cover {area} already."
    zh = "{field}：签名 {sign} 已有覆盖“{area}”的快捷键，同一签名的地区不能重叠。"


class PortTaken(AccountRefused):
    """The channel number is registered already, or another company holds it with one of the signatures."""

    code = "service_accounts.port_taken"
    vendor_code = "KM.99990750"
    status = 409
    en = "port: {port} is registered already."
    zh = "port：通道号 {port} 已存在。"


class NoApprovedPub(AccountRefused):
    """A channel number needs a service account that passed its review."""

    code = "service_accounts.no_approved_pub"
    vendor_code = "KM.99990751"
    status = 409
    en = "port: a service account must have passed its review first."
    zh = "port：请先创建服务号并通过审核。"


class SignNotOnPort(AccountRefused):
    """A binding's signatures are the channel number's, or some of them."""

    code = "service_accounts.sign_not_on_port"
    vendor_code = "KM.99990752"
    en = "sign: {sign} is not a signature of the channel number."
    zh = "sign：{sign} 不是该通道号的签名。"


class PortDiffers(AccountRefused):
    """The number and the id name two channel numbers."""

    code = "service_accounts.port_differs"
    vendor_code = "KM.99990753"
    en = "port: {port} is not the channel number of ext_port_id."
    zh = "port：{port} 与 ext_port_id 对应的通道号不一致。"


class SignIsForeign(AccountRefused):
    """The signature is another company's: its messages must not show a stranger's account."""

    code = "service_accounts.sign_is_foreign"
    vendor_code = "KM.99990755"
    status = 409
    en = "sign: {sign} is a signature of another company."
    zh = "sign：{sign} 是其他企业的签名。"


class PortIsBound(Conflict):
    """A channel number with bindings cannot be deleted."""

    code = "service_accounts.port_is_bound"
    vendor_code = "KM.99990754"
    en = "{field}: the channel number {port} is bound; unbind it first."
    zh = "{field}：通道号 {port} 已绑定服务号，请先解绑。"
