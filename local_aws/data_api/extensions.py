"""Extensions of PostgreSQL: the ones that Aurora lets its master user create, though he is not a superuser.

PostgreSQL lets everybody create an extension that is marked as trusted. What Aurora offers beyond that gets a copy of
its control file with the mark, in a folder that PostgreSQL searches first. Two that the package lacks have stand-ins
in SQL, as far as that goes: pgcrypto (digests, random bytes) and uuid-ossp (random identifiers).
"""

import shutil
from pathlib import Path

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Extensions.html
OFFERED = (
    "bloom",
    "dblink",
    "earthdistance",
    "intagg",
    "lo",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_visibility",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "vector",
)
STAND_INS = Path(__file__).parent / "stand_ins"


def write_extensions(folder: Path, binaries: Path) -> None:
    """Write to `folder` what `extension_control_path` shall name; what the package has needs no stand-in."""
    target = folder / "extension"
    target.mkdir(parents=True)
    [shipped] = {found.parent for found in binaries.glob("share/**/extension/plpgsql.control")}
    for name in OFFERED:
        control = shipped / f"{name}.control"
        if control.is_file():
            (target / control.name).write_text(f"{control.read_text()}\ntrusted = true\n")
            for script in shipped.glob(f"{name}--*.sql"):
                shutil.copyfile(script, target / script.name)
    for stand_in in STAND_INS.iterdir():
        if not (shipped / f"{stand_in.name.partition('--')[0].removesuffix('.control')}.control").is_file():
            shutil.copyfile(stand_in, target / stand_in.name)


def available_extensions(binaries: Path) -> list[str]:
    """Return the names of the extensions that a database here can have."""
    names = {control.stem for control in binaries.glob("share/**/extension/*.control")}
    return sorted(names | {control.stem for control in STAND_INS.glob("*.control")})
