"""The HTTP side: the five operations of the Data API, and three paths of local AWS's own for tests and people."""

import json
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local_aws.connections import DROPS_CONNECTION
from local_aws.data_api.errors import DataApiError
from local_aws.data_api.service import DataApi, LostAnswerError
from local_aws.environment import CLUSTERS_PATH, FAULTS_PATH, KEPT_DATA_PATH
from local_aws.errors import LocalAwsError
from local_aws.protocols import AwsRequest
from local_aws.wsgi import Application

SERVICE = "rds-data"
OPERATIONS = {
    "/Execute": "ExecuteStatement",
    "/BatchExecute": "BatchExecuteStatement",
    "/BeginTransaction": "BeginTransaction",
    "/CommitTransaction": "CommitTransaction",
    "/RollbackTransaction": "RollbackTransaction",
}
Answer = tuple[int, dict[str, str], Any]


def answering_data_api(application: Application, data_api: DataApi) -> Application:
    """Return `application` with the Data API before it: moto's own has canned answers only."""

    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        region, service = AwsRequest(environ).scope
        if service == SERVICE:
            answer = _data_api_answer(data_api, path, region, environ)
        elif path in _OWN_PATHS:
            answer = _OWN_PATHS[path](data_api, environ)
        else:
            return application(environ, start_response)
        status, headers, document = answer
        body = json.dumps(document, ensure_ascii=False).encode()
        all_headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "x-amzn-RequestId": str(uuid.uuid4()),
            **headers,
        }
        start_response(f"{status} {HTTPStatus(status).phrase}", list(all_headers.items()))
        return [body]

    return dispatch


def _data_api_answer(data_api: DataApi, path: str, region: str, environ: dict[str, Any]) -> Answer:
    try:
        if path == "/ExecuteSql":
            raise DataApiError("BadRequestException", "This API is deprecated and not available.")
        if path not in OPERATIONS or environ["REQUEST_METHOD"] != "POST":
            return 404, {"x-amzn-ErrorType": "UnknownOperationException"}, {}
        return 200, {}, data_api.answer(OPERATIONS[path], _body(environ), region)
    except DataApiError as error:
        document = {"message": error.message} if error.message else {}
        return error.status, {"x-amzn-ErrorType": error.code}, document
    except LostAnswerError:
        environ[DROPS_CONNECTION] = True
        return 200, {}, {}


def _clusters_answer(data_api: DataApi, _: dict[str, Any]) -> Answer:
    return 200, {}, {"clusters": data_api.describe_clusters()}


def _kept_data_answer(data_api: DataApi, environ: dict[str, Any]) -> Answer:
    if environ["REQUEST_METHOD"] != "POST":
        return 405, {"Allow": "POST"}, {"message": "POST arn, folder, name and port of a database"}
    try:
        asked = json.loads(_body(environ))
        arn, folder, name, port = asked["arn"], Path(asked["folder"]), asked["name"], asked["port"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return 400, {}, {"message": "an object with arn, folder, name and port is needed"}
    try:
        return 200, {}, {"postgresql_port": data_api.keep(arn, folder, name, port)}
    except (LocalAwsError, DataApiError) as error:
        return 409, {}, {"message": str(error)}


def _faults_answer(data_api: DataApi, environ: dict[str, Any]) -> Answer:
    if environ["REQUEST_METHOD"] == "DELETE":
        data_api.faults.clear()
        return 200, {}, {"faults": 0}
    if environ["REQUEST_METHOD"] != "POST":
        return 405, {"Allow": "POST, DELETE"}, {"message": "POST a list of faults, or DELETE them all"}
    try:
        return 200, {}, {"faults": data_api.faults.add(json.loads(_body(environ)))}
    except (ValueError, RecursionError) as error:
        return 400, {}, {"message": str(error)}


def _body(environ: dict[str, Any]) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


_OWN_PATHS: dict[str, Callable[[DataApi, dict[str, Any]], Answer]] = {
    CLUSTERS_PATH: _clusters_answer,
    FAULTS_PATH: _faults_answer,
    KEPT_DATA_PATH: _kept_data_answer,
}
