"""A stand-in for the Terraform provider hashicorp/random, for tests that can reach neither it nor a mirror of it.

It imitates `random_password` and `random_id` of version 3: their schema, their values and when they are replaced.
It is never used where the real provider can be had. Not imitated: the other resources, import, and
`bcrypt_hash`, which is null here. Terraform starts it as a program.
"""

import base64
import os
import secrets
import signal
import string
import threading
import time
from typing import Any

from tf import types  # type: ignore[import-untyped]
from tf.iface import (  # type: ignore[import-untyped]
    Config,
    CreateContext,
    DataSource,
    DeleteContext,
    Provider,
    ReadContext,
    Resource,
    State,
    UpdateContext,
)
from tf.runner import run_provider  # type: ignore[import-untyped]
from tf.schema import Attribute, Schema  # type: ignore[import-untyped]
from tf.utils import Diagnostics  # type: ignore[import-untyped]

SPECIAL_CHARACTERS = "!@#$%&*()-_=+[]{}<>:?"
CLASSES = {"upper": string.ascii_uppercase, "lower": string.ascii_lowercase, "numeric": string.digits}

_ORPHAN_CHECK_SECONDS = 1.0


def _argument(name: str, kind: types.TfType, *, default: Any = None, required: bool = False) -> Attribute:
    """An argument whose change replaces the resource, as every argument of the real provider's."""
    optional = not required
    computed = default is not None
    return Attribute(
        name, kind, required=required, optional=optional, computed=computed, default=default, requires_replace=True
    )


def _result(name: str, *, sensitive: bool = False) -> Attribute:
    return Attribute(name, types.String(), computed=True, sensitive=sensitive)


class _GeneratedOnce(Resource):  # type: ignore[misc]
    """A resource that makes its values at creation and keeps them in the state, and nowhere else."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def read(self, ctx: ReadContext, current: State) -> State:  # noqa: ARG002
        """Return the state as it is: there is nothing outside it."""
        return current

    def update(self, ctx: UpdateContext, current: State, planned: State) -> State:  # noqa: ARG002
        """Return the plan: every argument that matters replaces the resource."""
        return planned

    def delete(self, ctx: DeleteContext, current: State) -> None:
        """Do nothing: the values were in the state only."""


class Password(_GeneratedOnce):
    """`random_password`: a sensitive random text."""

    @classmethod
    def get_name(cls) -> str:
        """Return the type's name without the provider's."""
        return "password"

    @classmethod
    def get_schema(cls) -> Schema:
        """Return the schema of version 3 of the real resource."""
        switches = [_argument(name, types.Bool(), default=True) for name in (*CLASSES, "number", "special")]
        least = [_argument(f"min_{name}", types.Number(), default=0) for name in (*CLASSES, "special")]
        return Schema(
            version=3,
            attributes=[
                _argument("length", types.Number(), required=True),
                _argument("override_special", types.String()),
                _argument("keepers", types.Map(types.String())),
                *switches,
                *least,
                _result("id"),
                _result("result", sensitive=True),
                _result("bcrypt_hash", sensitive=True),
            ],
        )

    def validate(self, diags: Diagnostics, type_name: str, config: Config) -> None:
        """Refuse a length that is too small for what it must hold."""
        super().validate(diags, type_name, config)
        length = config.get("length")
        least = [config.get(f"min_{name}") or 0 for name in (*CLASSES, "special")]
        if length in (None, types.Unknown) or types.Unknown in least:
            return
        if length < max(1, sum(least)):
            diags.add_error(
                "Invalid Attribute Value",
                f"Attribute length value must be at least {max(1, sum(least))}, got: {length}",
                path=["length"],
            )

    def create(self, ctx: CreateContext, planned: State) -> State | None:
        """Draw the password from the operating system's source of randomness."""
        alphabets = {name: characters for name, characters in CLASSES.items() if planned[name]}
        if not planned["number"]:
            alphabets.pop("numeric", None)
        if planned["special"]:
            alphabets["special"] = planned["override_special"] or SPECIAL_CHARACTERS
        drawn = [
            secrets.choice(alphabet) for name, alphabet in alphabets.items() for _ in range(int(planned[f"min_{name}"]))
        ]
        alphabet = "".join(alphabets.values())
        if not alphabet:
            ctx.diagnostics.add_error("Random Read Error", "the character set specified is empty")
            return None
        drawn += [secrets.choice(alphabet) for _ in range(int(planned["length"]) - len(drawn))]
        secrets.SystemRandom().shuffle(drawn)
        return planned | {"id": "none", "result": "".join(drawn), "bcrypt_hash": None}


class Id(_GeneratedOnce):
    """`random_id`: random bytes in several spellings."""

    @classmethod
    def get_name(cls) -> str:
        """Return the type's name without the provider's."""
        return "id"

    @classmethod
    def get_schema(cls) -> Schema:
        """Return the schema of the real resource."""
        return Schema(
            version=0,
            attributes=[
                _argument("byte_length", types.Number(), required=True),
                _argument("prefix", types.String()),
                _argument("keepers", types.Map(types.String())),
                *(_result(name) for name in ("id", "hex", "dec", "b64_std", "b64_url")),
            ],
        )

    def validate(self, diags: Diagnostics, type_name: str, config: Config) -> None:
        """Refuse less than one byte."""
        super().validate(diags, type_name, config)
        byte_length = config.get("byte_length")
        if byte_length not in (None, types.Unknown) and byte_length < 1:
            diags.add_error(
                "Invalid Attribute Value",
                f"Attribute byte_length value must be at least 1, got: {byte_length}",
                path=["byte_length"],
            )

    def create(self, ctx: CreateContext, planned: State) -> State:  # noqa: ARG002
        """Draw the bytes from the operating system's source of randomness."""
        drawn = secrets.token_bytes(int(planned["byte_length"]))
        prefix = planned["prefix"] or ""
        identifier = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
        return planned | {
            "id": identifier,
            "hex": prefix + drawn.hex(),
            "dec": prefix + str(int.from_bytes(drawn)),
            "b64_std": prefix + base64.b64encode(drawn).decode(),
            "b64_url": prefix + identifier,
        }


class RandomStandIn(Provider):  # type: ignore[misc]
    """The provider: no configuration, two resources."""

    def get_model_prefix(self) -> str:
        """Return what precedes each type's name."""
        return "random_"

    def full_name(self) -> str:
        """Return the address of the provider that this one stands in for."""
        return "registry.terraform.io/hashicorp/random"

    def get_provider_schema(self, diags: Diagnostics) -> Schema:  # noqa: ARG002
        """Return an empty schema: the real provider has no arguments either."""
        return Schema(attributes=[])

    def validate_config(self, diags: Diagnostics, config: Config) -> None:
        """Accept the empty configuration."""

    def configure_provider(self, diags: Diagnostics, config: Config) -> None:
        """Do nothing: there is nothing to configure."""

    def get_data_sources(self) -> list[type[DataSource]]:
        """Return none."""
        return []

    def get_resources(self) -> list[type[Resource]]:
        """Return the two resources that are imitated."""
        return [Password, Id]


def _end_with_terraform() -> None:
    """End when Terraform was killed: it then cannot say that it needs this process no more."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    # Ctrl-C reaches the whole process group; Terraform still needs its providers to end in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_terraform, daemon=True).start()
    run_provider(RandomStandIn())
