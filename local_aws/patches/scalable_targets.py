"""Tags of scalable targets, by which readers come and go.

Stock moto has no tags for Application Auto Scaling and answers 500 to ListTagsForResource, which Terraform calls after
each registration and then asks again for many minutes.
"""

import json
from collections.abc import Callable
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from local_aws.patches.replacing import adding, replacing


def patch() -> None:
    """Keep the tags of a registration, and answer the three operations on tags."""

    @replacing(ApplicationAutoScalingResponse, "register_scalable_target")
    def register_scalable_target(stock: Callable[..., str], response: Any) -> str:
        answer = stock(response)
        given = response._get_param("Tags")
        if given:
            _tags_of(response, json.loads(answer)["ScalableTargetARN"]).update(given)
        return answer

    @adding(ApplicationAutoScalingResponse, "list_tags_for_resource")
    def list_tags_for_resource(response: Any) -> str:
        return json.dumps({"Tags": _tags_of(response, response._get_param("ResourceARN"))})

    @adding(ApplicationAutoScalingResponse, "tag_resource")
    def tag_resource(response: Any) -> str:
        _tags_of(response, response._get_param("ResourceARN")).update(response._get_param("Tags"))
        return "{}"

    @adding(ApplicationAutoScalingResponse, "untag_resource")
    def untag_resource(response: Any) -> str:
        tags = _tags_of(response, response._get_param("ResourceARN"))
        for key in response._get_param("TagKeys"):
            tags.pop(key, None)
        return "{}"


def _tags_of(response: Any, arn: str) -> dict[str, str]:
    """Return the tags of a target, kept on the target itself, so that they go with it."""
    for of_dimension in response.applicationautoscaling_backend.targets.values():
        for target in of_dimension.values():
            if target.arn == arn:
                tags: dict[str, str] = target.__dict__.setdefault("patched_tags", {})
                return tags
    return {}
