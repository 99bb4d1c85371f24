"""A folder in which Terraform is initialized once, to be asked about one document after the other in seconds."""

import json
import os
import subprocess
from collections.abc import Collection
from pathlib import Path

from local_aws.environment import without_aws
from tests.end_to_end.kept_providers import kept_providers
from tests.end_to_end.provider_schema import ProviderSchemas
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders


class InitializedFolder:
    """Terraform with the providers that a document asks for, and without a backend."""

    def __init__(self, folder: Path, providers: TerraformProviders, document: TerraformJson) -> None:
        self._folder = folder
        self._environment = without_aws(os.environ) | providers.environment | {"CHECKPOINT_DISABLE": "1"}
        self._providers_alone = {"terraform": {"required_providers": document["terraform"]["required_providers"]}}
        self._write(self._providers_alone)
        initialized = self._run("init", "-input=false", "-no-color")
        assert initialized.returncode == 0, initialized.stdout

    def validate(self, document: TerraformJson) -> list[str]:
        """Return what `terraform validate` says of a document that asks for the same providers; warnings count."""
        self._write(document)
        done = self._run("validate", "-json")
        return [
            ": ".join(diagnostic.get(part, "") for part in ("severity", "address", "summary", "detail"))
            for diagnostic in json.loads(done.stdout)["diagnostics"]
        ]

    def provider_schemas(self, types: Collection[str]) -> ProviderSchemas:
        """Return what the providers themselves say of some types of resources and data sources."""
        # A backend would want to be initialized; of its own type Terraform tells where there is one.
        self._write(self._providers_alone | {"resource": {"terraform_data": {"any": {}}}})
        done = self._run("providers", "schema", "-json")
        assert done.returncode == 0, done.stdout
        return ProviderSchemas(json.loads(done.stdout), types)

    def _write(self, document: TerraformJson) -> None:
        (self._folder / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with kept_providers(self._folder, self._environment) as environment:
            return subprocess.run(
                ["terraform", *arguments],
                cwd=self._folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
