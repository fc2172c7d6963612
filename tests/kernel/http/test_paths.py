"""A word that an operation has for its own is nobody's id."""

import httpx
from fastapi import APIRouter

from hongyan.kernel.http.app import create_app
from hongyan.kernel.http.paths import parameter
from support.server import serving


def router() -> APIRouter:
    """Return a path with an id beside one with a word."""
    routes = APIRouter(prefix="/v1/ports")

    @routes.delete(f"/{parameter('port_id', but=('associate', 'free'))}")
    async def delete(port_id: str) -> dict[str, str]:
        return {"deleted": port_id}

    @routes.post("/associate")
    async def associate() -> dict[str, str]:
        return {}

    return routes


async def test_a_word_has_its_own_methods_only() -> None:
    app = create_app(version="1", vendor_routers=[router()], console_routers=[])
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        for port_id in ("1", "associates", "an-associate", "Associate"):
            assert (await client.delete(f"/v1/ports/{port_id}")).json() == {"deleted": port_id}
        refused = await client.delete("/v1/ports/associate")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
        assert (await client.delete("/v1/ports/free")).status_code == 404
        assert (await client.post("/v1/ports/associate")).json() == {}
        document = (await client.get("/openapi.json")).json()
    assert set(document["paths"]) == {"/v1/ports/{port_id}", "/v1/ports/associate"}
