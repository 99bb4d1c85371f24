"""One environment as a Terraform stack: variables, providers, the database and its outputs."""

from datetime import date

from constructs import Construct

from aurora_serverless.aurora_database import AuroraDatabase
from stacks.base_stack import BaseStack
from stacks.environment import Environment
from stacks.outputs import add_outputs


class DatabaseStack(BaseStack):
    """The deployment that an environment file describes. The stack has the environment's name."""

    def __init__(self, scope: Construct, environment: Environment, *, today: date) -> None:
        """Make the stack; `today` decides whether the engine version is retired, which only warns."""
        super().__init__(scope, environment)
        self.database = AuroraDatabase(
            self,
            "database",
            environment,
            region=self.aws_region.string_value,
            account_id=self.caller_identity.account_id,
            minimum_acu=self.min_capacity.number_value,
            maximum_acu=self.max_capacity.number_value,
            today=today,
            fixed_addresses=True,
        )
        self.warnings = self.database.warnings
        add_outputs(self, environment, self.database)
