"""What AWS answers of a deployment by name, and why it does not."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from operations.aws.errors import code_of
from operations.aws.unknowns import Unknowns
from operations.state.deploy_state import DeployState


class AskedAws:
    """Asks AWS for names: None is the answer where it has none, or does not tell, or nobody says the Region."""

    def __init__(self, state: DeployState) -> None:
        self._state = state
        self._session = state.session
        self._silent: set[str] = set()
        self.unknowns = Unknowns(state.session)

    @property
    def region(self) -> str:
        """The Region that is asked; an empty text where nobody says it."""
        return "" if self._session is None else self._session.region

    @property
    def told_of_clusters(self) -> bool:
        """Whether a cluster that it has not is not there, because RDS answered."""
        return "rds" not in self._silent and not {"cluster", "region"} & self.unknowns.reasons.keys()

    @cached_property
    def cluster(self) -> dict[str, Any] | None:
        """The cluster that the environment names."""
        identifier = self._state.environment.cluster_identifier
        found = self.ask(
            "rds",
            lambda rds: rds.describe_db_clusters(DBClusterIdentifier=identifier),
            "DBClusterNotFoundFault",
            part="cluster",
        )
        return None if found is None else dict(found["DBClusters"][0])

    def ask_quietly(self, service: str, ask: Callable[[Any], Any], *, region: str) -> Any:
        """Return what `ask` does with a client of a Region; None, and no reason, where AWS does not tell."""
        if self._session is None:
            return None
        try:
            return ask(self._session.client(service, region=region, attempts=1))
        except (BotoCoreError, ClientError):
            return None

    def ask(
        self, service: str, ask: Callable[[Any], Any], missing: str | None = None, *, part: str | None = None
    ) -> Any:
        """Return what `ask` does with a client; `missing` is AWS's code of the error that says that nothing is there.

        A service that cannot be reached is not asked again.
        """
        if self._session is None:
            name = self._state.environment.name
            self.unknowns.add("region", f"the Region is not known, so AWS was not asked about {name}")
            return None
        if service in self._silent:
            return None
        session = self._session

        def asked() -> Any:
            try:
                return ask(session.client(service, attempts=2))
            except Exception as error:
                code = code_of(error)
                if not code:  # no answer of AWS
                    self._silent.add(service)
                if missing is None or code != missing:
                    raise
                return None

        return self.unknowns.ask(part or f"{service} {len(self.unknowns.reasons)}", asked)
