"""The descriptions of AWS are read once in a process that asks for that."""

import botocore.session  # type: ignore[import-untyped]
import pytest

from local_aws.one_loader import share_loader


@pytest.mark.parametrize("is_shared", [True, False])
def test_sessions_share_what_they_read_only_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, *, is_shared: bool
) -> None:
    monkeypatch.setattr(botocore.session, "create_loader", botocore.loaders.create_loader)  # and put back afterwards
    if is_shared:
        share_loader()
    one, other = (botocore.session.Session().get_component("data_loader") for _ in range(2))
    assert (one is other) is is_shared
