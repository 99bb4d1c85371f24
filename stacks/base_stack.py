"""What a stack has whatever it deploys: versions, backend, variables, providers, and a Region that stays."""

from cdktf import DataResource, Postcondition, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct

from aurora_serverless.options.region_rules import needs
from stacks.environment import Environment
from stacks.terraform_settings import build_backend, build_provider, require_versions
from stacks.variables import maximum_capacity_variable, minimum_capacity_variable, region_variable


class BaseStack(TerraformStack):
    """A stack with the name of its environment.

    Attributes: `aws_region`, `min_capacity`, `max_capacity` (the variables), `caller_identity` (the account).
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Make versions, backend, variables and providers."""
        super().__init__(scope, environment.name)
        require_versions(self, environment)
        build_backend(self, environment)
        self._build_variables(environment)
        self._build_providers(environment)
        self._keep_region(environment)

    def _build_variables(self, environment: Environment) -> None:
        engine_version, capacity = environment.engine_version, environment.capacity
        self.aws_region = region_variable(
            self, default=environment.region, partition=environment.partition, needs=needs(environment)
        )
        self.min_capacity = minimum_capacity_variable(self, default=capacity.minimum_acu, engine_version=engine_version)
        self.max_capacity = maximum_capacity_variable(self, default=capacity.maximum_acu, engine_version=engine_version)

    def _build_providers(self, environment: Environment) -> None:
        build_provider(self, environment, region=self.aws_region.string_value)
        RandomProvider(self, "random")
        self.caller_identity = DataAwsCallerIdentity(self, "current")

    def _keep_region(self, environment: Environment) -> None:
        """Refuse another Region: Terraform would forget all that runs, and find its names taken on the way back.

        Not where the deployment is adopted: its state shall stay as it is.
        """
        if environment.is_adopted:
            return
        region = self.aws_region.string_value
        stays = Postcondition(
            condition=f"${{self.output.name == {self.aws_region.fqn}}}",
            error_message=f"The deployment is in ${{self.output.name}}: in {region} Terraform would find nothing of it "
            "and create everything again, and what runs would stay, unmanaged. Leave its Region as it is, and give the "
            "other one an environment file of its own.",
        )
        DataResource(
            self,
            "region",
            input={"name": region},
            lifecycle=TerraformResourceLifecycle(ignore_changes=["input"], postcondition=[stays]),
        )
