'use strict';
/**
 * The reference stack without Python: what CDKTF itself costs on the same Node.
 *
 *     node reference_stack.js OUTPUT_FOLDER [STACK_NAME=NAME_PREFIX ...]
 *
 * One stack for each pair, with the construct ids, addresses and arguments of the Python stack, each provider class
 * from its own module. `python -m benchmarks` compares the JSON of both; only the words of instructions and error messages are fewer here.
 */
const { App, Fn, LocalBackend, TerraformOutput, TerraformStack, TerraformVariable, Token, Op } = require('cdktf');
const { Construct } = require('constructs');
const { AwsProvider } = require('@cdktf/provider-aws/lib/provider');
const { DataAwsCallerIdentity } = require('@cdktf/provider-aws/lib/data-aws-caller-identity');
const { DataAwsSubnets } = require('@cdktf/provider-aws/lib/data-aws-subnets');
const { DataAwsVpc } = require('@cdktf/provider-aws/lib/data-aws-vpc');
const { DbSubnetGroup } = require('@cdktf/provider-aws/lib/db-subnet-group');
const { IamRole } = require('@cdktf/provider-aws/lib/iam-role');
const { IamRolePolicy } = require('@cdktf/provider-aws/lib/iam-role-policy');
const { IamRolePolicyAttachment } = require('@cdktf/provider-aws/lib/iam-role-policy-attachment');
const { RdsCluster } = require('@cdktf/provider-aws/lib/rds-cluster');
const { RdsClusterInstance } = require('@cdktf/provider-aws/lib/rds-cluster-instance');
const { SecretsmanagerSecret } = require('@cdktf/provider-aws/lib/secretsmanager-secret');
const { SecretsmanagerSecretVersion } = require('@cdktf/provider-aws/lib/secretsmanager-secret-version');
const { SecurityGroup } = require('@cdktf/provider-aws/lib/security-group');
const { Id } = require('@cdktf/provider-random/lib/id');
const { Password } = require('@cdktf/provider-random/lib/password');
const { RandomProvider } = require('@cdktf/provider-random/lib/provider');

const TAGS = { Project: 'alex', Part: '5' };
const VERSION = '15.4';
/** Regions without the Data API. */
const NO_DATA_API = JSON.stringify([
  ...['ap-east-2', 'ap-south-2', 'ap-southeast-4', 'ap-southeast-6'],
  ...['ca-west-1', 'eu-central-2', 'il-central-1', 'mx-central-1'],
]).replaceAll(',', ', ');

function addressed(element, name) {
  element.overrideLogicalId(name);
  return element;
}

function allow(actions, resource) {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

function condition(text, errorMessage) {
  return { condition: `\${${text}}`, errorMessage };
}

function capacityVariable(stack, name, description, value, smallest) {
  return new TerraformVariable(stack, name, {
    type: 'number',
    description,
    default: value,
    nullable: false,
    validation: [
      { condition: `\${var.${name} >= ${smallest} && var.${name} <= 128}`, errorMessage: 'out of range' },
      { condition: `\${floor(var.${name} * 2) == var.${name} * 2}`, errorMessage: 'no half step' },
    ],
  });
}

class Network extends Construct {
  constructor(scope, id, prefix) {
    super(scope, id);
    const vpc = addressed(new DataAwsVpc(this, 'vpc', { default: true }), 'default');
    const filter = [{ name: 'vpc-id', values: [vpc.id] }];
    const subnets = addressed(new DataAwsSubnets(this, 'subnets', { filter }), 'default');
    this.subnetGroup = addressed(
      new DbSubnetGroup(this, 'subnet-group', {
        name: `${prefix}-aurora-subnet-group`,
        subnetIds: subnets.ids,
        tags: TAGS,
      }),
      'aurora',
    );
    this.securityGroup = addressed(
      new SecurityGroup(this, 'security-group', {
        name: `${prefix}-aurora-sg`,
        description: 'Security group for Alex Aurora cluster',
        vpcId: vpc.id,
        ingress: [{ fromPort: 5432, toPort: 5432, protocol: 'tcp', cidrBlocks: [vpc.cidrBlock] }],
        egress: [{ fromPort: 0, toPort: 0, protocol: '-1', cidrBlocks: ['0.0.0.0/0'] }],
        tags: TAGS,
        lifecycle: {
          createBeforeDestroy: true,
          ignoreChanges: ['description'],
          postcondition: [
            condition(
              'self.description == "Security group for Alex Aurora cluster"',
              'The security group ${self.name} keeps its description, ${jsonencode(self.description)}',
            ),
          ],
        },
      }),
      'aurora',
    );
  }
}

class Credentials extends Construct {
  constructor(scope, id, prefix) {
    super(scope, id);
    const overrideSpecial = '!#$%&*()-_=+[]{}<>:?';
    const password = new Password(this, 'password', { length: 32, special: true, overrideSpecial });
    this.password = addressed(password, 'db_password').result;
    const suffix = addressed(new Id(this, 'suffix', { byteLength: 4 }), 'suffix');
    this.secret = addressed(
      new SecretsmanagerSecret(this, 'secret', {
        name: `${prefix}-db-credentials-${suffix.hex}`,
        recoveryWindowInDays: 0,
        tags: TAGS,
      }),
      'db_credentials',
    );
    addressed(
      new SecretsmanagerSecretVersion(this, 'secret-version', {
        secretId: this.secret.id,
        secretString: Token.asString(Fn.jsonencode({ username: 'alexadmin', password: this.password })),
      }),
      'db_credentials',
    );
  }
}

const GROUP = '"default"), "alex-aurora-")';
const MAJOR = 'tonumber(split(".", self.engine_version_actual)[0])';
const MINOR = 'tonumber(split(".", "${self.engine_version_actual}.0")[1])';

function clusterLifecycle(prefix, minimum, maximum) {
  const kept = `The cluster ${prefix}-aurora runs Aurora PostgreSQL \${self.engine_version_actual}`;
  return {
    ignoreChanges: [
      'snapshot_identifier',
      'restore_to_point_in_time',
      'global_cluster_identifier',
      'replication_source_identifier',
      'source_region',
      'final_snapshot_identifier',
    ],
    precondition: [
      {
        condition: Token.asString(Op.lte(minimum, maximum)),
        errorMessage: `min_capacity (${minimum} ACU) must not be above max_capacity (${maximum} ACU)`,
      },
    ],
    postcondition: [
      condition(`${MAJOR} <= 15 && (${MAJOR} < 15 || ${MINOR} <= 4)`, kept),
      condition(`${MAJOR} >= 15`, `${kept}: allow it, or ask for \${self.engine_version_actual}`),
      condition('self.storage_encrypted == false', 'The cluster is under the KMS key ${self.kms_key_id}'),
      condition('self.port == 5432', 'The cluster listens on port ${self.port}'),
      condition(
        `!startswith(coalesce(self.db_cluster_parameter_group_name, ${GROUP.replace('alex', prefix)}`,
        'The cluster uses the parameter group ${self.db_cluster_parameter_group_name}',
      ),
    ],
  };
}

class Cluster extends Construct {
  constructor(scope, id, prefix, { minimum, maximum, password, network }) {
    super(scope, id);
    this.cluster = addressed(
      new RdsCluster(this, 'cluster', {
        clusterIdentifier: `${prefix}-aurora`,
        engine: 'aurora-postgresql',
        engineMode: 'provisioned',
        engineVersion: VERSION,
        serverlessv2ScalingConfiguration: { minCapacity: minimum, maxCapacity: maximum },
        databaseName: 'alex',
        masterUsername: 'alexadmin',
        masterPassword: password,
        dbSubnetGroupName: network.subnetGroup.name,
        vpcSecurityGroupIds: [network.securityGroup.id],
        enableHttpEndpoint: true,
        backupRetentionPeriod: 7,
        preferredBackupWindow: '03:00-04:00',
        preferredMaintenanceWindow: 'sun:04:00-sun:05:00',
        skipFinalSnapshot: true,
        applyImmediately: true,
        tags: TAGS,
        lifecycle: clusterLifecycle(prefix, minimum, maximum),
      }),
      'aurora',
    );
    addressed(
      new RdsClusterInstance(this, 'instance', {
        identifier: `${prefix}-aurora-0`,
        clusterIdentifier: this.cluster.id,
        instanceClass: 'db.serverless',
        engine: this.cluster.engine,
        engineVersion: this.cluster.engineVersion,
        performanceInsightsEnabled: false,
        tags: TAGS,
        lifecycle: {
          postcondition: [
            condition(
              `!startswith(coalesce(self.db_parameter_group_name, ${GROUP.replace('alex', prefix)}`,
              'The cluster uses the parameter group ${self.db_parameter_group_name}',
            ),
          ],
        },
      }),
      'aurora',
    );
  }
}

class LambdaRole extends Construct {
  constructor(scope, id, prefix, { cluster, secret, region, account }) {
    super(scope, id);
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    this.role = addressed(
      new IamRole(this, 'role', {
        name: `${prefix}-lambda-aurora-role`,
        assumeRolePolicy: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
        tags: TAGS,
      }),
      'lambda_aurora_role',
    );
    const sql = ['ExecuteStatement', 'BatchExecuteStatement', 'BeginTransaction', 'CommitTransaction'];
    const statements = [
      allow([...sql, 'RollbackTransaction'].map((action) => `rds-data:${action}`), cluster.arn),
      allow(['secretsmanager:GetSecretValue'], secret.arn),
      allow(
        ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        `arn:aws:logs:${region}:${account}:*`,
      ),
    ];
    addressed(
      new IamRolePolicy(this, 'policy', {
        name: `${prefix}-lambda-aurora-policy`,
        role: this.role.id,
        policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
      'lambda_aurora_policy',
    );
    addressed(
      new IamRolePolicyAttachment(this, 'basic-execution', {
        role: this.role.id,
        policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      }),
      'lambda_basic',
    );
  }
}

class Database extends Construct {
  constructor(scope, id, prefix, { minimum, maximum, region, account }) {
    super(scope, id);
    this.node.addMetadata('@cdktf/warn', 'Aurora PostgreSQL 15.4 ended standard support');
    this.network = new Network(this, 'network', prefix);
    const { password, secret } = new Credentials(this, 'credentials', prefix);
    this.secret = secret;
    this.cluster = new Cluster(this, 'cluster', prefix, { minimum, maximum, password, network: this.network }).cluster;
    const role = { cluster: this.cluster, secret, region, account };
    this.role = new LambdaRole(this, 'lambda-role', prefix, role).role;
  }
}

class ReferenceStack extends TerraformStack {
  constructor(scope, id, prefix) {
    super(scope, id);
    this.node.setContext('targetVersions', { terraform: '>= 1.5', opentofu: '>= 1.5' });
    this.addOverride('terraform.required_providers', {
      aws: { source: 'hashicorp/aws', version: '~> 5.0' },
      random: { source: 'hashicorp/random', version: '~> 3.5' },
    });
    this.addOverride('terraform.required_version', '>= 1.5');
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    const region = new TerraformVariable(this, 'aws_region', {
      type: 'string',
      description: 'AWS region for resources',
      nullable: false,
      validation: [
        condition('can(regex("^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+$", var.aws_region))', 'no Region'),
        condition(`!contains(${NO_DATA_API}, var.aws_region)`, 'no Data API in ${var.aws_region}'),
      ],
    }).stringValue;
    const capacity = (bound) => `${bound} capacity for Aurora Serverless v2 (in ACUs)`;
    const minimum = capacityVariable(this, 'min_capacity', capacity('Minimum'), 0.5, 0.5).numberValue;
    const maximum = capacityVariable(this, 'max_capacity', capacity('Maximum'), 1, 1).numberValue;
    new AwsProvider(this, 'aws', { region });
    new RandomProvider(this, 'random');
    const account = new DataAwsCallerIdentity(this, 'current').accountId;
    const database = new Database(this, 'database', prefix, { minimum, maximum, region, account });
    const { network, cluster, secret, role } = database;
    const state = Token.asString(Fn.conditional(cluster.enableHttpEndpoint, 'Enabled', 'Disabled'));
    // The references of the Python stack's instructions, without the words between them.
    const statement = [region, cluster.arn, secret.arn, cluster.databaseName];
    const lines = [cluster.databaseName, cluster.arn, secret.arn, cluster.endpoint, role.arn, cluster.databaseName];
    const instructions = [cluster.clusterIdentifier, ...lines, ...statement, ...statement, ...statement];
    for (const [name, value, description] of [
      ['aurora_cluster_arn', cluster.arn, 'ARN of the Aurora cluster'],
      ['aurora_cluster_endpoint', cluster.endpoint, 'Writer endpoint of the Aurora cluster'],
      ['aurora_secret_arn', secret.arn, 'ARN of the secret with the database credentials'],
      ['database_name', cluster.databaseName, 'Name of the database'],
      ['lambda_role_arn', role.arn, 'ARN of the IAM role for Lambda functions'],
      ['data_api_enabled', state, 'Whether the Data API is enabled'],
      ['aurora_cluster_resource_id', cluster.clusterResourceId, 'Id of the Aurora cluster in policies of rds-db:connect'],
      ['aurora_port', 5432, 'TCP port of both endpoints'],
      ['aurora_reader_endpoint', cluster.readerEndpoint, 'Reader endpoint of the Aurora cluster'],
      ['security_group_id', network.securityGroup.id, 'Id of the security group of the Aurora cluster'],
      ['subnet_group_name', network.subnetGroup.name, 'Name of the DB subnet group'],
      ['setup_instructions', instructions.join('\n'), 'What to do after the deploy'],
    ]) {
      new TerraformOutput(this, name, { value, description });
    }
  }
}

const [outdir, ...stacks] = process.argv.slice(2);
const app = new App({ outdir });
for (const pair of stacks) {
  const [name, prefix] = pair.split('=');
  new ReferenceStack(app, name, prefix);
}
app.synth();
