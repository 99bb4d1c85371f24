"""EC2 instances: their root volume, and the network interface that is made and goes with them.

Stock moto refuses the mapping of a root volume that says only that it is encrypted, knows no security group of an
instance whose interface has it, tells of an interface without a public address that it is associated with one, and
keeps the interface, and with it the security group, when the instance is terminated.
Source: Amazon EC2 API, EbsBlockDevice.VolumeSize (by default the snapshot's), InstanceNetworkInterfaceAssociation
(if the interface has one), and EC2 User Guide, "Delete a network interface": one made at launch goes with the instance.
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

from local_aws.patches.replacing import replacing, replacing_property

IMAGE_GIB = 8
"""Size of the root volume of Amazon Linux 2023."""


def patch() -> None:
    """Fill in what nobody gives, as EC2 does."""

    @replacing(InstanceResponse, "_parse_block_device_mapping")
    def parse_block_device_mapping(stock: Callable[..., Any], response: Any) -> Any:
        for mapping in response._get_param("BlockDeviceMappings", []):
            volume = mapping.get("Ebs", {})
            if "Ebs" in mapping and not volume.get("VolumeSize") and not volume.get("SnapshotId"):
                volume["VolumeSize"] = IMAGE_GIB
        return stock(response)

    @replacing(Instance, "prep_nics")
    def prep_nics(stock: Callable[..., None], instance: Any, nic_spec: list[dict[str, Any]], **arguments: Any) -> None:
        for nic in nic_spec:
            if "NetworkInterfaceId" not in nic:
                nic.setdefault("DeleteOnTermination", True)
        stock(instance, nic_spec, **arguments)
        if 0 in instance.nics and not instance.security_groups:
            instance.security_groups = list(instance.nics[0]._group_set)

    def association(interface: Any) -> Any:
        return stock_association.__get__(interface) or None

    stock_association = replacing_property(NetworkInterface, "association")(property(association))
