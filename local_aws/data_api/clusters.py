"""Finds the cluster, the credentials and the database that a call is about, in what moto knows."""

import itertools
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.core.exceptions import ServiceException
from moto.rds.models import rds_backends
from moto.secretsmanager.models import secretsmanager_backends
from werkzeug.exceptions import HTTPException

from aurora_serverless.rules.arns import CLUSTER, SECRET, find_arn
from aurora_serverless.rules.engine import ENGINE, STATISTICS_KEPT_SINCE
from local_aws.data_api.database import ClusterDatabase, Login, Session
from local_aws.data_api.errors import DataApiError
from local_aws.data_api.kept_data import KeptData
from local_aws.data_api.server_settings import ServerSettings, settings_of
from local_aws.data_api.settings import DataApiSettings
from local_aws.data_api.tcp_port import TcpPort
from local_aws.data_api.temporary_folder import TemporaryFolder
from local_aws.data_api.wire import Request
from local_aws.errors import LocalAwsError
from local_aws.moto_lock import MOTO_LOCK
from local_aws.patches import major_upgrades

# A cluster that is changed without an outage goes on.
_ANSWERING = {"available", "modifying", "resetting-master-credentials"}


@dataclass(frozen=True)
class Target:
    """What a call is about: a cluster that answers SQL, and who asks."""

    database: ClusterDatabase
    login: Login
    master_password: str
    instance: str
    settings: ServerSettings

    def lend(self) -> Session:
        """Return a session. Raises DataApiError while the cluster resumes, and when the login is refused."""
        self.database.wake(self.instance)
        return self.database.lend(self.login, self.master_password, self.settings)


class ClusterDatabases:
    """The database of each cluster that was asked for SQL."""

    def __init__(self, settings: DataApiSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._databases: dict[str, ClusterDatabase] = {}
        self._ports: dict[str, TcpPort] = {}
        self._upgraded: set[str] = set()
        self._numbers = itertools.count(1)
        self._folder = TemporaryFolder()
        self._folder_lock = threading.Lock()
        self._house_lock = threading.Lock()

    def find(self, request: Request, region: str) -> Target:
        """Return what `request` is about. Raises DataApiError as Aurora refuses it."""
        with MOTO_LOCK:
            cluster = _find_cluster(request.resource_arn, region)
            username, password = _find_credentials(request.secret_arn, cluster, region)
            master_password, instance = _master_password(cluster), cluster.writer.dbi_resource_id
            settings = settings_of(cluster)
        # Aurora connects like any PostgreSQL client: without a name, to the database that is named like the user.
        login = Login(username, password, request.database or username)
        return Target(self._database_of(cluster), login, master_password, instance, settings)

    def keep(self, arn: str, kept: KeptData, port: int) -> int:
        """Let a cluster have its data in a folder that stays, start it, and return the TCP port on which it answers.

        `port` 0 takes a free one. Raises LocalAwsError where there is no such cluster, or one that has data already,
        and where folder or port cannot be used.
        """
        cluster = next((each for each in all_clusters() if each.db_cluster_arn == arn), None)
        if cluster is None or not _is_ready(cluster):
            raise LocalAwsError(f"there is no cluster {arn} that answers SQL")
        key: str = cluster.db_cluster_resource_id
        with self._lock:
            if key in self._ports or (key in self._databases and self._databases[key].pid is not None):
                raise LocalAwsError(f"the cluster {arn} has data already")
            listening = TcpPort(port, lambda: self._dial(cluster))
            self._ports[key] = listening
            self._databases[key] = ClusterDatabase(cluster, self._choose_folder, self._settings, kept)
        try:
            connection, hang_up = self._dial(cluster)
        except BaseException:
            self._forget(key)
            raise
        connection.close()
        hang_up()
        return listening.number

    def _dial(self, cluster: Any) -> tuple[socket.socket, Callable[[], None]]:
        with MOTO_LOCK:
            if not _is_ready(cluster):
                raise LocalAwsError(f"The DB cluster is in status {cluster.status}")
            master_password, settings = _master_password(cluster), settings_of(cluster)
        database = self._database_of(cluster)
        database.await_awake()
        return database.dial(master_password, settings)

    def _forget(self, key: str) -> None:
        """Remove a database, and close its port."""
        with self._lock:
            database, port = self._databases.pop(key, None), self._ports.pop(key, None)
        if port is not None:
            port.close()
        if database is not None:
            database.remove()

    def keep_house(self) -> None:
        """Watch every cluster that exists, pause the idle ones, and remove what belongs to deleted ones.

        One at a time: who asks for it finds all of that removed, also what another thread had just begun with.
        """
        with self._house_lock:
            self._keep_house()

    def _keep_house(self) -> None:
        with MOTO_LOCK:
            existing = {cluster.db_cluster_resource_id: cluster for cluster in all_clusters()}
            ready = [(cluster, settings_of(cluster)) for cluster in existing.values() if _is_ready(cluster)]
            upgraded = [cluster for cluster in existing.values() if major_upgrades.pending(cluster)]
        for cluster in upgraded:
            self._begin_upgrade(cluster)
        for cluster, settings in ready:
            self._database_of(cluster).keep_house(settings)
        with self._lock:
            gone = [key for key in self._databases if key not in existing]
        for key in gone:
            self._forget(key)

    def _begin_upgrade(self, cluster: Any) -> None:
        """Move the data of a cluster that is upgraded, once, while all else goes on."""
        with self._lock:
            if cluster.db_cluster_resource_id in self._upgraded:
                return
            self._upgraded.add(cluster.db_cluster_resource_id)
        threading.Thread(target=self._upgrade, args=(cluster,), daemon=True).start()

    def _upgrade(self, cluster: Any) -> None:
        upgrade = major_upgrades.pending(cluster)
        if upgrade is None:
            return
        refusal = None
        try:
            self._database_of(cluster).upgrade(keeps_statistics=upgrade.target.major >= STATISTICS_KEPT_SINCE)
        except LocalAwsError as error:
            refusal = str(error)
        with self._lock:
            self._upgraded.discard(cluster.db_cluster_resource_id)
        with MOTO_LOCK:
            if refusal is None:
                major_upgrades.finish(cluster)
            else:
                major_upgrades.give_up(cluster, refusal)

    def describe(self, count_transactions: Callable[[ClusterDatabase], int]) -> list[dict[str, Any]]:
        """Return what each cluster does, for people and tests."""
        self.keep_house()
        with self._lock:
            databases = [(each, self._ports.get(key)) for key, each in self._databases.items()]
        return [
            {
                "arn": each.cluster.db_cluster_arn,
                "state": str(each.activity),
                "open_transactions": count_transactions(each),
                "postgresql_pid": each.pid,
                "postgresql_port": None if port is None else port.number,
            }
            for each, port in databases
        ]

    def close(self) -> None:
        """Remove everything."""
        with self._lock:
            databases, self._databases = list(self._databases.values()), {}
            ports, self._ports = list(self._ports.values()), {}
        for port in ports:
            port.close()
        for database in databases:
            database.abandon()
        self._folder.remove()

    def _database_of(self, cluster: Any) -> ClusterDatabase:
        with self._lock:
            key: str = cluster.db_cluster_resource_id
            if key not in self._databases:
                self._databases[key] = ClusterDatabase(cluster, self._choose_folder, self._settings)
            return self._databases[key]

    def _choose_folder(self) -> Path:
        with self._folder_lock:
            return self._folder.path / str(next(self._numbers))


def all_clusters() -> list[Any]:
    """Return every cluster of every account and Region."""
    with MOTO_LOCK:
        backends = [backend for regions in rds_backends.values() for backend in regions.values()]
        return [cluster for backend in backends for cluster in backend.clusters.values()]


def _is_ready(cluster: Any) -> bool:
    return cluster.engine == ENGINE and cluster.status in _ANSWERING and cluster.writer is not None


def _find_cluster(arn: str, region: str) -> Any:
    parts = find_arn(arn, CLUSTER)
    cluster = None
    if parts is not None and parts.region == region:
        cluster = rds_backends[parts.account][region].clusters.get(parts.resource.removeprefix("cluster:"))
    # A cluster that does not exist is no other error than one whose endpoint is off, as on Aurora.
    if cluster is None or not cluster.enable_http_endpoint:
        raise DataApiError("HttpEndpointNotEnabledException", f"HttpEndpoint is not enabled for resource {arn}")
    if cluster.engine != ENGINE:
        raise DataApiError("BadRequestException", f"Local AWS runs PostgreSQL only, and {arn} is {cluster.engine}")
    if cluster.status not in _ANSWERING:
        raise DataApiError("InvalidResourceStateException", f"The DB cluster is in status {cluster.status}")
    if not cluster.members:  # also says which instance writes
        raise DataApiError("DatabaseNotFoundException", "DB cluster doesn't have a DB instance")
    return cluster


def _find_credentials(arn: str, cluster: Any, region: str) -> tuple[str, str]:
    parts = find_arn(arn, SECRET)
    backend = secretsmanager_backends[parts.account if parts else cluster.account_id][parts.region if parts else region]
    try:
        secret = backend.get_secret_value(arn, "", "AWSCURRENT")
    except (HTTPException, ServiceException) as error:
        message = getattr(error, "description", None) or str(error)
        raise DataApiError("SecretsErrorException", _message_of(message)) from None
    return _read_credentials(secret.get("SecretString"))


def _message_of(description: str) -> str:
    try:
        return str(json.loads(description)["message"])
    except (ValueError, KeyError, TypeError):
        return description


def _read_credentials(text: str | None) -> tuple[str, str]:
    try:
        secret = json.loads(text or "")
    except ValueError:
        raise DataApiError("InvalidSecretException", "The secret is not a JSON document") from None
    names = ("username", "password")
    if not isinstance(secret, dict) or not all(isinstance(secret.get(name), str) and secret[name] for name in names):
        raise DataApiError("InvalidSecretException", "The secret must have the keys username and password")
    return secret["username"], secret["password"]


def _master_password(cluster: Any) -> str:
    if not cluster.manage_master_user_password:
        password: str = cluster._master_user_password
        return password
    secret = cluster.backend.secretsmanager.get_secret_value(cluster.master_user_secret.secret_arn, "", "AWSCURRENT")
    return _read_credentials(secret["SecretString"])[1]
