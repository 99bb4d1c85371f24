"""What is sent in place of a password: what PostgreSQL itself would store of it."""

from base64 import b64decode

import pytest

from operations.errors import OperationsError
from operations.users.verifier import scram_verifier


def test_it_is_that_of_rfc_7677() -> None:
    """The example of the RFC: user "user", password "pencil", and the server's signature that follows from the keys."""
    salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    assert scram_verifier("pencil", "user", salt=salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_each_has_a_salt_of_its_own() -> None:
    assert scram_verifier("pencil", "user") != scram_verifier("pencil", "user")


@pytest.mark.parametrize("password", ["\N{LATIN SMALL LETTER U WITH DIAERESIS}", "a\tb", "a\nb"])
def test_what_would_have_to_be_prepared_is_refused_without_being_shown(password: str) -> None:
    with pytest.raises(OperationsError, match="of orders_app has characters outside printable ASCII") as caught:
        scram_verifier(password, "orders_app")
    assert password not in str(caught.value)
