"""A pipeline of GitLab: a plan of each environment, then their deploys, a stage a wave."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from operations.pipelines.fleet import USUALLY_AT_ONCE, Fleet

PLACE: Final = ".gitlab/deploy.yml"

_HEAD: Final = """\
# Plans environments, and deploys each once somebody has started its job; a wave begins when the one before has been
# deployed and checked. Made by ./aurora-serverless ci --for gitlab; docs/fleets.md says how to set it up.
default:
  image: $FLEET_IMAGE # with Python 3.11 or newer, venv, make, git and Terraform
  id_tokens:
    AWS_TOKEN:
      aud: sts.amazonaws.com

variables:
  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token
  STACK: cdktf.out/stacks/$ENVIRONMENT
  TF_IN_AUTOMATION: "true"
  TF_INPUT: "false"

stages: [@STAGES@]
"""

_JOBS: Final = """
.plan:
  stage: plan
  script:
    - make synth
    - printf '%s' "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
    - terraform -chdir="$STACK" init
    - terraform -chdir="$STACK" plan -lock=false -out=deploy.tfplan > /dev/null
    - terraform -chdir="$STACK" show -no-color deploy.tfplan | tee plan.txt
  artifacts:
    paths: [plan.txt]
    expire_in: 30 days

.deploy:
  when: manual
  allow_failure: false
  script:
    - make synth
    - printf '%s' "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
    - mv plan.txt approved.txt
    - terraform -chdir="$STACK" init
    - terraform -chdir="$STACK" plan -lock-timeout=5m -out=deploy.tfplan > /dev/null
    - terraform -chdir="$STACK" show -no-color deploy.tfplan > plan.txt
    - diff --unified approved.txt plan.txt
    - terraform -chdir="$STACK" apply -lock-timeout=5m deploy.tfplan
    - ./aurora-serverless wait "$ENVIRONMENT" --deadline-seconds 900
    - ./aurora-serverless check "$ENVIRONMENT"
"""

_NOTHING: Final = """
nothing:
  stage: plan
  script: ["true"]
"""


def gitlab(fleet: Fleet) -> Mapping[str, str]:
    """Return the pipeline by its place in the project."""
    stages = ", ".join(["plan", *(f"wave-{wave}" for wave in fleet.waves)])
    jobs = "".join(_jobs(fleet))
    # GitLab refuses a pipeline without a job.
    return {PLACE: _HEAD.replace("@STAGES@", stages) + (_JOBS + jobs if jobs else _NOTHING)}


def _jobs(fleet: Fleet) -> Iterator[str]:
    for wave, names in fleet.waves.items():
        for name in names:
            # GitLab runs one job of a group at a time: as many groups as environments at once. An environment is always
            # in the same one, and so never deployed twice at a time.
            group = zlib.crc32(name.encode()) % (fleet.at_once or USUALLY_AT_ONCE)
            yield f"""
"plan {name}":
  extends: .plan
  variables:
    ENVIRONMENT: "{name}"
  environment:
    name: "{name}-plan"
    action: access

"deploy {name}":
  extends: .deploy
  stage: wave-{wave}
  dependencies: ["plan {name}"]
  resource_group: deploy-{group}
  variables:
    ENVIRONMENT: "{name}"
  environment:
    name: "{name}"
"""
