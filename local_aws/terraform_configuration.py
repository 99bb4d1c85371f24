"""Where Terraform gets its providers: as it is configured, or as the CLI configuration says that somebody names.

Nothing is looked for: what is found is executed.
"""

import functools
import re
import threading
import urllib.request
from pathlib import Path

from local_aws.errors import LocalAwsError
from local_aws.programs import is_opentofu

REGISTRY = "registry.terraform.io"
OPENTOFU_REGISTRY = "registry.opentofu.org"
PROBE_SECONDS = 3.0
VARIABLE = "TF_CLI_CONFIG_FILE"
OPTION = "--terraform-config"

_PROVIDER_INSTALLATION = re.compile(r'^\s*"?provider_installation\b', re.MULTILINE)


def configuration_variables(file: Path | None) -> dict[str, str]:
    """Return the variables with which Terraform, and a cdktf that runs it, goes by `file`; None changes nothing.

    Raises LocalAwsError when it is not a Terraform CLI configuration that says where providers come from.
    """
    if file is None:
        return {}
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "no text"
        raise LocalAwsError(f"{OPTION} {file}: {reason}; name a Terraform CLI configuration") from None
    if not _PROVIDER_INSTALLATION.search(text):
        raise LocalAwsError(
            f"{OPTION} {file}: it has no provider_installation block; name a Terraform CLI configuration with one"
        )
    # cdktf turns a plugin cache on, which would keep links to a mirror in the user's home.
    return {VARIABLE: str(file.absolute()), "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "true"}


def registry() -> str:
    """Return where a provider without a host, such as hashicorp/aws, comes from."""
    return OPENTOFU_REGISTRY if is_opentofu() else REGISTRY


@functools.cache
def registry_answers() -> bool:
    """Whether the registry answers within PROBE_SECONDS; asked once in a process."""
    answers: list[bool] = []
    # In a thread, because no timeout of urllib's holds for the look-up of the name.
    probe = threading.Thread(target=lambda: answers.append(_registry_found()), daemon=True)
    probe.start()
    probe.join(PROBE_SECONDS)
    return answers == [True]


def _registry_found() -> bool:
    try:
        with urllib.request.urlopen(
            f"https://{registry()}/.well-known/terraform.json", timeout=PROBE_SECONDS
        ) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, ValueError):
        return False
