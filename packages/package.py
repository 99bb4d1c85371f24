"""The packages: where each is, and what is built of it."""

import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent


class UnknownTagError(ValueError):
    """A tag releases no package. The message is a line for a person, with what a tag looks like."""


@dataclass(frozen=True)
class Package:
    """A folder that is imported in place here, and that its own `pyproject.toml` makes installable."""

    name: str
    folder: Path
    is_lambda_layer: bool = False

    @property
    def version(self) -> str:
        """The version in `pyproject.toml`, which nothing else repeats."""
        version: str = tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        return version

    def build(self, output: Path) -> Path:
        """Write the source archive and, from it, the wheel to `output`, and a Lambda layer's zip; return the wheel.

        Fetches nothing: what builds is installed already.
        """
        subprocess.run(
            [
                *(sys.executable, "-m", "uv", "build", "--quiet", "--offline", "--no-build-isolation"),
                *("--python", sys.executable, "--out-dir", str(output), str(self.folder)),
            ],
            check=True,
        )
        (output / ".gitignore").unlink(missing_ok=True)  # uv's
        wheel = output / f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"
        if self.is_lambda_layer:
            write_layer(wheel, output / f"{self.name}-{self.version}-layer.zip")
        return wheel


PACKAGES: Final = {
    package.name: package
    for package in (
        Package("cdktf-fast-start", ROOT / "constructs" / "cdktf_fast_start"),
        Package("aurora-serverless", ROOT / "constructs" / "aurora_serverless"),
        Package("aurora-serverless-data-api", ROOT / "aurora_serverless_data_api", is_lambda_layer=True),
    )
}


def package_of_tag(ref: str) -> Package:
    """Return the package that a tag such as `refs/tags/cdktf-fast-start-v0.1.0` releases. Raises UnknownTagError."""
    tag = ref.removeprefix("refs/tags/")
    name, _, version = tag.rpartition("-v")
    if name not in PACKAGES:
        names = ", ".join(PACKAGES)
        raise UnknownTagError(f"tag {tag}: names no package; write NAME-vVERSION, where NAME is one of {names}")
    package = PACKAGES[name]
    if version != package.version:
        raise UnknownTagError(
            f"tag {tag}: {package.folder.relative_to(ROOT)}/pyproject.toml has version {package.version}; "
            f"change it there, or write {name}-v{package.version}"
        )
    return package


def write_layer(wheel: Path, layer: Path) -> None:
    """Write the contents of `wheel` as a Lambda layer for Python: the same bytes for the same wheel, as of 1980."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(layer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            file = zipfile.ZipInfo(f"python/{entry.filename}")
            file.compress_type = zipfile.ZIP_DEFLATED
            file.external_attr = 0o644 << 16
            target.writestr(file, source.read(entry))
