"""Returns the newest orders of a customer; runs on Lambda."""

from typing import Any

from aurora_serverless_data_api import DataApiClient

# Once for each container. The function may run for 30 seconds: what fails in time can be told.
client = DataApiClient.from_environment(deadline_seconds=25)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an event such as `{"customer": "Ada"}`."""
    orders = client.query(
        "SELECT id, total FROM orders WHERE customer = :customer ORDER BY id DESC LIMIT 10",
        {"customer": event["customer"]},
    )
    return {"orders": [{"id": order["id"], "total": str(order["total"])} for order in orders]}
