"""Finds providers as tests do, and prints how `make local-deploy` takes them where the registry does not answer."""

import shutil
import sys

from local_aws.process import PROJECT
from local_aws.terraform_configuration import OPTION
from tests.terraform_providers.finding import find_terraform_providers

folder = PROJECT / ".local-aws" / "terraform"
shutil.rmtree(folder, ignore_errors=True)
found = find_terraform_providers(folder)
if found.missing is not None:
    sys.exit(f"error: {found.missing}")
for source in found.sources:
    print(source)
if found.cli_configuration is not None:
    print(f'make local-deploy ARGS="{OPTION} {found.cli_configuration.relative_to(PROJECT)}"')
