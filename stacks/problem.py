"""One thing that is wrong with an environment file."""

from dataclasses import dataclass
from pathlib import Path

from aurora_serverless.rules.violation import printable


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an environment file, as one line: file, key and value, rule, way out."""

    file: Path
    where: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else str(self.file)
        return printable(f"{place}: {self.rule}; {self.remedy}")
