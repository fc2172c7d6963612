"""All settings of an installation, read once from the environment (``HONGYAN_…``) into one typed model."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hongyan.kernel.http.targets import Allowances


class Settings(BaseSettings):
    """What an operator may set; every field has the environment name ``HONGYAN_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="HONGYAN_", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("var"), description="All state of an installation without external services.")
    database_url: str | None = Field(
        default=None, description="postgresql://… (15 or newer); absent: the embedded server."
    )
    nats_url: str | None = Field(default=None, description="nats://…; absent: the embedded server.")
    files_url: str | None = Field(
        default=None, description="s3://bucket/prefix or file:///dir; absent: data_dir/files."
    )
    key_file: Path | None = Field(default=None, description="Key ring; absent: data_dir/keys.json.")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    links_port: int = Field(default=8081, ge=1, le=65535)
    health_port: int | None = Field(
        default=None, description="Loopback port of this process's /livez, /readyz and /metrics."
    )
    public_url: str | None = Field(
        default=None, description="How browsers reach the console; absent: http://host:port."
    )
    links_url: str | None = Field(
        default=None, description="How phones reach the redirector; absent: http://host:links_port."
    )
    link_domain: str | None = Field(
        default=None, description="Preset public link domain; absent: host:links_port of links_url."
    )
    demo: bool = False
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    allow_private_targets: bool = Field(
        default=False,
        description="Let outgoing HTTP to handset vendors reach private addresses: tests and intranets.",
    )
    callback_allow: str = Field(
        default="",
        description="Private targets that callbacks may reach: networks and hosts with or without a port, by commas.",
    )
    callback_keep_days: int = Field(default=7, ge=1, le=365, description="How long delivered callbacks are kept.")
    callback_keep_dead_days: int = Field(default=30, ge=1, le=365, description="How long given-up callbacks are kept.")
    keep_days: int = Field(default=180, ge=14, le=3650, description="How long messages, reports and replies are kept.")
    pool_size: int = Field(default=10, ge=2, le=100, description="Database connections of one process.")
    api_rate: int = Field(
        default=500, ge=0, description="API requests per second of one tenant and web process; 0: no limit."
    )
    api_send_rate: int = Field(default=300, ge=0, description="The same, of each sending operation.")
    api_upload_rate: int = Field(default=20, ge=0, description="The same, of each operation that takes a file.")
    api_list_rate: int = Field(default=100, ge=0, description="The same, of each other operation.")
    api_places: int = Field(
        default=64, ge=0, description="API requests one web process works on at once, shared fairly; 0: no bound."
    )
    api_strangers_rate: int = Field(
        default=50, ge=0, description="Failed authentications per second of one client address; 0: no limit."
    )
    gateway_id: str = Field(default="gateway-1", description="Name of this gateway process as holder of leases.")
    failover_s: float = Field(
        default=10.0, ge=1, description="A channel that is down for so long gives what waits to its stand-ins."
    )
    failover_refusals: int = Field(
        default=20, ge=1, description="So many refusals in a row that blame a channel, and it rests for a minute."
    )
    query_after_s: float = Field(
        default=600.0,
        ge=1,
        description="A channel with queries is asked about messages that have had no report for so long.",
    )
    query_rate: float = Field(default=5.0, gt=0, le=1000, description="Such questions per second of one channel.")
    alarm_look_s: float = Field(default=15.0, ge=0.1, le=60, description="How often alarms are looked for.")
    alarm_down_s: float = Field(default=30.0, ge=0, description="Alarm when a channel is down for so long.")
    alarm_backlog_s: float = Field(
        default=3600.0, ge=1, description="Alarm when something that may go waits for so long on its channel."
    )
    alarm_code_backlog_s: float = Field(default=60.0, ge=1, description="The same, of verification codes.")
    alarm_unknown: int = Field(default=0, ge=0, description="Alarm when more messages of a channel are unknown.")
    alarm_silence_s: float = Field(
        default=600.0, ge=1, description="Alarm when a channel accepts and sends no report for so long."
    )
    alarm_silence_parts: int = Field(default=100, ge=1, description="… and has accepted at least so many parts.")
    alarm_disk_percent: float = Field(default=85.0, gt=0, le=100, description="Alarm when a disk is fuller.")

    @field_validator("callback_allow")
    @classmethod
    def _is_list_of_targets(cls, text: str) -> str:
        Allowances.parse(text)
        return text

    def absolute(self) -> "Settings":
        """Return the same settings with an absolute data directory."""
        return self.model_copy(update={"data_dir": self.data_dir.expanduser().resolve()})

    @property
    def key_path(self) -> Path:
        """Where the key ring lies."""
        return self.key_file or self.data_dir / "keys.json"

    @property
    def files_location(self) -> str:
        """URL of the file store."""
        return self.files_url or (self.data_dir / "files").as_uri()

    @property
    def console_url(self) -> str:
        """URL of the console without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def redirector_url(self) -> str:
        """URL of the redirector without a trailing slash."""
        return (self.links_url or f"http://{self.host}:{self.links_port}").rstrip("/")

    @property
    def preset_link_domain(self) -> str:
        """Domain that stands in front of a code in an SMS, without scheme."""
        return self.link_domain or self.redirector_url.split("://", 1)[1]
