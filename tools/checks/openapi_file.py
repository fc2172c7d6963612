"""`docs/api/openapi.json`, the API as a machine reads it: `python -m checks.openapi_file`."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.http.documents import vendor_openapi
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.run.graph import build_graph
from hongyan.run.web import VERSION, routers_of

FILE = "docs/api/openapi.json"
_ROOT = Path(__file__).parents[2]


def document() -> str:
    """Return the document as the file holds it; nothing is connected, nothing of this machine is in it."""
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        load_or_create_key_ring(settings.key_path)
        graph = build_graph(settings, "postgresql:///none", NatsBus("nats://127.0.0.1:1", name="openapi"))
        vendor_routers, _ = routers_of(graph)
        made = vendor_openapi(vendor_routers, version=VERSION)
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    target = _ROOT / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(document(), encoding="utf-8")
    print(f"wrote {FILE}")
