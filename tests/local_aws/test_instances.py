"""EC2 instances on local AWS, as Terraform makes a bastion."""

from typing import Any

from aurora_serverless.rules.bastion import AMI_PARAMETER
from local_aws.process import LocalAws
from tests.local_aws.conftest import default_subnets, unique


def started(aws: LocalAws, **interface: Any) -> tuple[str, dict[str, Any]]:
    """Return the security group and the instance, whose interface is made with it."""
    ec2 = aws.client("ec2")
    subnet = default_subnets(aws)[0]
    group = ec2.create_security_group(GroupName=unique("bastion"), Description="x", VpcId=subnet["VpcId"])["GroupId"]
    ran = ec2.run_instances(
        ImageId=aws.client("ssm").get_parameter(Name=AMI_PARAMETER)["Parameter"]["Value"],
        InstanceType="t4g.nano",
        MinCount=1,
        MaxCount=1,
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}],
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet["SubnetId"], "Groups": [group], **interface}],
    )
    identifier = ran["Instances"][0]["InstanceId"]
    found: dict[str, Any] = ec2.describe_instances(InstanceIds=[identifier])["Reservations"][0]["Instances"][0]
    return group, found


def test_a_volume_has_the_size_of_the_image_where_nobody_gives_one(aws: LocalAws) -> None:
    _, instance = started(aws)
    volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    (described,) = aws.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"]
    assert (described["Size"], described["Encrypted"]) == (8, True)


def test_an_instance_has_the_group_of_its_interface_and_no_public_address_that_nobody_gave_it(aws: LocalAws) -> None:
    group, instance = started(aws, AssociatePublicIpAddress=False)
    assert [one["GroupId"] for one in instance["SecurityGroups"]] == [group]
    assert "Association" not in instance["NetworkInterfaces"][0]
    assert "PublicIpAddress" not in instance


def test_the_interface_goes_with_the_instance_so_that_its_group_can_go(aws: LocalAws) -> None:
    group, instance = started(aws)
    ec2 = aws.client("ec2")
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    ec2.delete_security_group(GroupId=group)
