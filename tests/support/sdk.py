"""The vendor's own client, unmodified, pointed at a server of ours. It blocks: call it with ``asyncio.to_thread``."""

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkkoomessage.v1 import KooMessageClient

_TIMEOUT_S = 15


def sdk_client(url: str, *, ak: str, sk: str, project_id: str) -> KooMessageClient:
    """Return a client for the endpoint ``url``."""
    config = HttpConfig.get_default_config()
    config.timeout = _TIMEOUT_S
    credentials = BasicCredentials(ak, sk, project_id)
    builder = KooMessageClient.new_builder().with_http_config(config).with_credentials(credentials)
    return builder.with_endpoint(url).build()
