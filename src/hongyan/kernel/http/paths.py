"""Path parameters that leave fixed words to operations of their own.

``DELETE …/ports/associate`` must not look for a port of that name: the path takes POST only (405). Not for: what an id
looks like, which the endpoints' parameters say.
"""

from starlette.convertors import StringConvertor, register_url_convertor


def parameter(name: str, *, but: tuple[str, ...]) -> str:
    """Return the part of a path that takes any text but some words: ``/ports/`` + ``parameter("port_id", …)``."""

    class _AnyBut(StringConvertor):
        regex = rf"(?!(?:{'|'.join(but)})$)[^/]+"

    kind = f"but_{'_'.join(but)}"
    register_url_convertor(kind, _AnyBut())
    return f"{{{name}:{kind}}}"
