"""The files of facts by the names that people give them, for what lists, shows and compares all of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aurora_serverless.facts.encryption_types import ENCRYPTION_TYPES_FILE, EncryptionType
from aurora_serverless.facts.engine_parameters import PARAMETERS_FILE, EngineParameter
from aurora_serverless.facts.engine_versions import (
    CAPABILITIES_FILE,
    MAJORS_FILE,
    VERSIONS_FILE,
    CapabilityFact,
    MajorFact,
    VersionFact,
)
from aurora_serverless.facts.limits import LIMITS_FILE, LimitFact
from aurora_serverless.facts.prices import PRICES_FILE, Price
from aurora_serverless.facts.regions import (
    FEATURES_FILE,
    PARTITIONS_FILE,
    REGIONS_FILE,
    FeatureFact,
    PartitionFact,
    RegionFact,
)
from aurora_serverless.facts.table import Fact, read_facts
from aurora_serverless.facts.valid_values import VALID_VALUES_FILE, ValidValue


@dataclass(frozen=True)
class FactFile:
    """A file of facts: its name on a command line, where it is, the type of its rows, and what they are."""

    name: str
    path: Path
    row: type[Fact]
    what: str

    def read(self) -> tuple[Fact, ...]:
        """Return its rows. Raises FactError."""
        return read_facts(self.path, self.row)


FACT_FILES: Final = (
    FactFile("versions", VERSIONS_FILE, VersionFact, "minor versions of Aurora PostgreSQL"),
    FactFile("majors", MAJORS_FILE, MajorFact, "major versions and the phases of their support"),
    FactFile("capabilities", CAPABILITIES_FILE, CapabilityFact, "from which minor version on a major can do something"),
    FactFile("parameters", PARAMETERS_FILE, EngineParameter, "parameters of the engine"),
    FactFile("regions", REGIONS_FILE, RegionFact, "Regions and their partitions"),
    FactFile("partitions", PARTITIONS_FILE, PartitionFact, "partitions of AWS"),
    FactFile("features", FEATURES_FILE, FeatureFact, "what is offered in which Region"),
    FactFile("limits", LIMITS_FILE, LimitFact, "lengths, ranges and counts that AWS sets"),
    FactFile("encryption", ENCRYPTION_TYPES_FILE, EncryptionType, "types of encryption at rest"),
    FactFile("values", VALID_VALUES_FILE, ValidValue, "words that an argument takes"),
    FactFile("prices", PRICES_FILE, Price, "prices by Region, in US dollars"),
)
"""Every CSV file of this folder; a test holds that none is left out."""
