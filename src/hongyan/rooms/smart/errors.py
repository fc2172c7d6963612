"""Refusals of the smart room.

Tree::

    HongyanError
    ├── TemplateIdEmpty        400  KM.00001081
    ├── TemplateNotFound       404  KM.00001080  (400 towards the SDK)
    ├── TemplateNotActive      409  KM.00001082  it exists, but may not be used now (400 towards the SDK)
    ├── MobileListEmpty        400  KM.00001083
    ├── ParamsDiffer           400  KM.90016802  values do not fit the template's parameters
    ├── ParamsUndeclared       400  KM.90016802  parameters used and declared differ
    ├── SensitiveWords         400  KM.90016801
    ├── TemplateNotCreated     400  KM.80040004
    ├── TemplateNotSwitched    409  KM.80040005  (400 towards the SDK)
    ├── TemplateNotDeleted     409  KM.80040006  (400 towards the SDK)
    ├── MaterialNotFound       404  KM.90016901  (400 towards the SDK)
    ├── MaterialInUse          409  KM.90016902  (400 towards the SDK)
    ├── MaterialRefused        400  KM.90016903
    ├── MaterialSpaceFull      409  KM.90016904  (400 towards the SDK)
    └── MaterialNotFetched     400  KM.90016905
"""

from hongyan.kernel.errors import HongyanError


class TemplateIdEmpty(HongyanError):
    """No template was named."""

    code = "smart.template_id_empty"
    vendor_code = "KM.00001081"
    en = "The template id is empty."
    zh = "智能信息模板 ID 不能为空。"


class TemplateNotFound(HongyanError):
    """No such card template for this tenant: neither its own nor a public one."""

    code = "smart.template_not_found"
    vendor_code = "KM.00001080"
    status = 404
    en = "The template id {tpl_id} does not exist."
    zh = "智能信息模板 {tpl_id} 不存在。"


class TemplateNotActive(HongyanError):
    """The template exists but is disabled or not approved."""

    code = "smart.template_not_active"
    vendor_code = "KM.00001082"
    status = 409
    en = "The template {tpl_id} cannot be used: it is {reason}."
    zh = "智能信息模板 {tpl_id} 不可用：{reason_zh}。"


class MobileListEmpty(HongyanError):
    """No numbers to check."""

    code = "smart.mobile_list_empty"
    vendor_code = "KM.00001083"
    en = "The mobile list is empty."
    zh = "手机号码列表不能为空。"


class ParamsDiffer(HongyanError):
    """Values given for a card do not fit its parameters; ``name`` is the parameter."""

    code = "smart.params_differ"
    vendor_code = "KM.90016802"
    en = "{field}: the value of the card parameter {name} {reason}."
    zh = "{field}：卡片参数 {name} {reason_zh}。"


class ParamsUndeclared(HongyanError):
    """The parameters declared and the placeholders used are not the same."""

    code = "smart.params_undeclared"
    vendor_code = "KM.90016802"
    en = "params: {name} is used or declared, but not both."
    zh = "参数 {name} 的声明与使用不一致。"


class SensitiveWords(HongyanError):
    """A text has a word that may not be sent."""

    code = "smart.sensitive_words"
    vendor_code = "KM.90016801"
    en = "{field} contains a sensitive word: {word}"
    zh = "{field} 含有敏感词：{word}"


class TemplateNotSwitched(HongyanError):
    """A template's state cannot be changed."""

    code = "smart.template_not_switched"
    vendor_code = "KM.80040005"
    status = 409
    en = "The template {tpl_id} cannot be updated: {reason}."
    zh = "智能信息模板 {tpl_id} 更新失败：{reason_zh}。"


class TemplateNotDeleted(HongyanError):
    """A template cannot be deleted."""

    code = "smart.template_not_deleted"
    vendor_code = "KM.80040006"
    status = 409
    en = "The template {tpl_id} cannot be deleted: {reason}."
    zh = "智能信息模板 {tpl_id} 删除失败：{reason_zh}。"


class TemplateNotCreated(HongyanError):
    """A template cannot be created: a material is not there, or the tenant has as many as it may have."""

    code = "smart.template_not_created"
    vendor_code = "KM.80040004"
    en = "{field}: the template cannot be created: {reason}."
    zh = "{field}：创建模板失败：{reason_zh}。"


class MaterialNotFound(HongyanError):
    """No such material of this tenant."""

    code = "smart.material_not_found"
    vendor_code = "KM.90016901"
    status = 404
    en = "{field}: the material {material_id} does not exist."
    zh = "{field}：素材 {material_id} 不存在。"


class MaterialInUse(HongyanError):
    """A template shows the material, or a video has it as its cover."""

    code = "smart.material_in_use"
    vendor_code = "KM.90016902"
    status = 409
    en = "{field}: the material {material_id} is in use by {user}."
    zh = "{field}：素材 {material_id} 正被 {user} 使用。"


class MaterialRefused(HongyanError):
    """The bytes are not what may be uploaded."""

    code = "smart.material_refused"
    vendor_code = "KM.90016903"
    en = "{field}: the file was refused: {reason}."
    zh = "{field}：文件不符合要求：{reason_zh}。"


class MaterialSpaceFull(HongyanError):
    """The tenant's materials take all the space there is for them."""

    code = "smart.material_space_full"
    vendor_code = "KM.90016904"
    status = 409
    en = "The material library is full: {limit} GB at most."
    zh = "素材空间已满：最多 {limit} GB。"


class MaterialNotFetched(HongyanError):
    """The address does not give the file."""

    code = "smart.material_not_fetched"
    vendor_code = "KM.90016905"
    en = "{field}: the file could not be fetched: {reason}"
    zh = "{field}：无法获取文件：{reason_zh}"
