"""Refusals of identity.

Tree::

    HongyanError
    ├── SignInRefused      401  wrong name or password (which one is not told)
    ├── TooManyTries       429  too many wrong passwords; says how long to wait
    ├── SecondFactorWanted, SecondFactorRefused  401  the code of the authenticator app is missing or wrong
    ├── PasswordChangeWanted  401  the password is temporary
    ├── WrongCode, PasswordWrong, PasswordUnchanged  400  at a form of somebody who is signed in
    ├── SignInBusy         503  too many sign-ins at once
    ├── NotSignedIn        401  no session, or it ended
    ├── GatewayRefused     401  AK/SK signature or token does not hold (vendor's gateway envelope)
    ├── KeystoneRefused    4xx  ``/v3`` refusals (Keystone's envelope)
    ├── TenantSuspended    403
    ├── ServiceNotOpened   403
    ├── CsrfRefused        403
    ├── ForeignProject     403  ``X-Project-Id`` of somebody else
    └── Conflict
        ├── NameTaken, RealNameMissing, EmailMissing, TooManyKeys, LastAdmin, OperatorExists,
        └── SecondFactorOn, SecondFactorOff
"""

from hongyan.kernel.errors import Conflict, Forbidden, HongyanError


class SignInRefused(HongyanError):
    """The name or the password is wrong, or the user may not sign in."""

    code = "identity.sign_in_refused"
    vendor_code = "KM.99990401"
    status = 401
    vendor_status = 401
    en = "The user name or the password is wrong. If other accounts have a user of this name, write account/name."
    zh = "用户名或密码错误。若其他账号有同名用户，请使用“账号名/用户名”登录。"


class TooManyTries(HongyanError):
    """Too many wrong passwords for this user or from this address."""

    code = "identity.too_many_tries"
    vendor_code = "KM.99990429"
    status = 429
    vendor_status = 429
    retryable = True
    en = "Too many failed sign-ins. Try again in {wait_s} seconds."
    zh = "登录失败次数过多，请 {wait_s} 秒后重试。"


class SecondFactorWanted(HongyanError):
    """The password is right; the user's second factor is missing."""

    code = "identity.second_factor_wanted"
    vendor_code = "KM.99990401"
    status = 401
    vendor_status = 401
    en = "Enter the code that your authenticator app shows."
    zh = "请输入身份验证器应用中显示的验证码。"


class SecondFactorRefused(HongyanError):
    """The code of the second factor is wrong, or was used before."""

    code = "identity.second_factor_refused"
    vendor_code = "KM.99990401"
    status = 401
    vendor_status = 401
    en = "The code is wrong or was used before. Wait for the next one."
    zh = "验证码错误或已使用过，请等待下一个验证码。"


class PasswordChangeWanted(HongyanError):
    """The password is right but temporary: its user must choose another one in the console."""

    code = "identity.password_change_wanted"
    vendor_code = "KM.99990401"
    status = 401
    vendor_status = 401
    en = "This password is temporary. Choose your own at the console's sign-in."
    zh = "当前为临时密码，请在控制台登录时设置新密码。"


class WrongCode(HongyanError):
    """A code of somebody who is signed in is wrong, or was used before."""

    code = "identity.wrong_code"
    en = "The code is wrong or was used before. Wait for the next one."
    zh = "验证码错误或已使用过，请等待下一个验证码。"


class PasswordWrong(HongyanError):
    """The own password, asked for again, is another one."""

    code = "identity.password_wrong"
    en = "The password is wrong."
    zh = "密码错误。"


class PasswordUnchanged(HongyanError):
    """The new password is the old one."""

    code = "identity.password_unchanged"
    en = "The new password is the old one. Choose another."
    zh = "新密码不能与原密码相同。"


class SignInBusy(HongyanError):
    """Too many sign-ins wait for their password to be checked."""

    code = "identity.sign_in_busy"
    vendor_code = "KM.99990503"
    status = 503
    vendor_status = 503
    retryable = True
    en = "Too many people are signing in. Try again in a few seconds."
    zh = "登录人数过多，请稍后重试。"


class NotSignedIn(HongyanError):
    """The console needs a session and there is none."""

    code = "identity.not_signed_in"
    vendor_code = "KM.99990401"
    status = 401
    vendor_status = 401
    en = "Please sign in."
    zh = "请先登录。"


class GatewayRefused(HongyanError):
    """A request to the vendor's doors proves nobody; ``detail`` says why in the gateway's words."""

    code = "identity.gateway_refused"
    vendor_code = "APIGW.0301"
    status = 401
    vendor_status = 401
    en = "Incorrect IAM authentication information: {detail}"
    zh = "IAM 认证信息错误：{detail}"


class KeystoneRefused(HongyanError):
    """A request to ``/v3`` is refused: ``http_status`` and ``message`` go into Keystone's envelope."""

    code = "identity.keystone_refused"
    en = "{message}"
    zh = "{message}"

    def __init__(self, http_status: int, message: str) -> None:
        """Keep the status, which differs per case, and the English text."""
        super().__init__(message=message)
        self.http_status = http_status
        self.message = message


class TenantSuspended(Forbidden):
    """The operator has suspended the tenant."""

    code = "identity.tenant_suspended"
    en = "The account is suspended. Contact the operator of this platform."
    zh = "账号已被冻结，请联系平台运营人员。"


class ServiceNotOpened(Forbidden):
    """The tenant has not opened the service yet."""

    code = "identity.service_not_opened"
    en = "The service {service} is not opened. The account's administrator opens it in the console."
    zh = "尚未开通服务 {service}，请由主账号在控制台开通。"


class CsrfRefused(Forbidden):
    """A write of the console without the session's CSRF token."""

    code = "identity.csrf"
    en = "The header X-CSRF-Token is missing or not this session's. Reload the page."
    zh = "请求头 X-CSRF-Token 缺失或无效，请刷新页面。"


class ForeignProject(Forbidden):
    """The project named by the request is not the caller's."""

    code = "identity.foreign_project"
    en = "X-Project-Id is not a project of this account."
    zh = "X-Project-Id 不属于当前账号。"


class NameTaken(Conflict):
    """Something with this name exists already."""

    code = "identity.name_taken"
    en = "{what} {name} exists already."
    zh = "{what} {name} 已存在。"


class RealNameMissing(Conflict):
    """Opening a service needs the enterprise's real-name verification."""

    code = "identity.real_name_missing"
    en = "Enterprise real-name verification is not done yet."
    zh = "请先完成企业实名认证。"


class EmailMissing(Conflict):
    """Opening a service needs a bound e-mail address."""

    code = "identity.email_missing"
    en = "Bind an e-mail address to the account first."
    zh = "请先绑定邮箱。"


class TooManyKeys(Conflict):
    """A user holds the most access keys allowed."""

    code = "identity.too_many_keys"
    en = "A user may hold {limit} access keys. Delete one first."
    zh = "每个用户最多持有 {limit} 个访问密钥，请先删除一个。"


class LastAdmin(Conflict):
    """A tenant keeps at least one active administrator."""

    code = "identity.last_admin"
    en = "The account must keep at least one active administrator."
    zh = "账号至少保留一个可用的管理员。"


class OperatorExists(Conflict):
    """The installation has its first operator already."""

    code = "identity.operator_exists"
    en = "This installation has an operator already."
    zh = "平台运营人员已存在。"


class SecondFactorOn(Conflict):
    """The user has a second factor already."""

    code = "identity.second_factor_on"
    en = "Two-factor sign-in is on already."
    zh = "两步验证已开启。"


class SecondFactorOff(Conflict):
    """The user has no second factor."""

    code = "identity.second_factor_off"
    en = "Two-factor sign-in is not on."
    zh = "尚未开启两步验证。"
