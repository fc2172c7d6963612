from typing import Annotated, Any, Literal

import pytest
from pydantic import BeforeValidator, Field, ValidationError

from hongyan.kernel.http.vendor import VendorBody


class Inner(VendorBody):
    index: int


class Body(VendorBody):
    count: int = 0
    name: str = ""
    days: Annotated[Annotated[int, Field(ge=0, json_schema_extra={"list": [1]})] | None, BeforeValidator(str)] = None
    kind: Literal["a"] | None = None
    is_draft: bool | None = None
    anything: Any = None
    inner: list[Inner] = Field(default_factory=list)


@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_are_no_numbers_and_no_texts(value: bool) -> None:
    for name in ("count", "name", "days", "kind"):
        with pytest.raises(ValidationError) as caught:
            Body.model_validate({name: value})
        assert caught.value.errors()[0]["loc"] == (name,)
    with pytest.raises(ValidationError) as caught:
        Body.model_validate({"inner": [{"index": 1}, {"index": value}]})
    assert caught.value.errors()[0]["loc"] == ("inner", 1, "index")
    assert Body.model_validate({"is_draft": value, "anything": value}).is_draft is value


def test_numbers_and_texts_stand_for_each_other_and_what_is_unknown_is_ignored() -> None:
    found = Body.model_validate({"count": "5", "name": 7, "other": True})
    assert (found.count, found.name) == (5, "7")
