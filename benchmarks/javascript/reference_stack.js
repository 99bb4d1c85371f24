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

function addressed(element, name) {
  element.overrideLogicalId(name);
  return element;
}

function allow(actions, resource) {
  return { Effect: 'Allow', Action: actions, Resource: resource };
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
        lifecycle: {
          precondition: [
            {
              condition: Token.asString(Op.lte(minimum, maximum)),
              errorMessage: `min_capacity (${minimum} ACU) must not be above max_capacity (${maximum} ACU)`,
            },
          ],
        },
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
        role: this.role.name,
        policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      }),
      'lambda_basic',
    );
  }
}

class ReferenceStack extends TerraformStack {
  constructor(scope, id, prefix) {
    super(scope, id);
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
        { condition: '${can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.aws_region))}', errorMessage: 'no Region' },
      ],
    }).stringValue;
    const capacity = (bound) => `${bound} capacity for Aurora Serverless v2 (in ACUs)`;
    const minimum = capacityVariable(this, 'min_capacity', capacity('Minimum'), 0.5, 0.5).numberValue;
    const maximum = capacityVariable(this, 'max_capacity', capacity('Maximum'), 1, 1).numberValue;
    new AwsProvider(this, 'aws', { region });
    new RandomProvider(this, 'random');
    const account = new DataAwsCallerIdentity(this, 'current').accountId;
    const network = new Network(this, 'network', prefix);
    const { password, secret } = new Credentials(this, 'credentials', prefix);
    const { cluster } = new Cluster(this, 'cluster', prefix, { minimum, maximum, password, network });
    const { role } = new LambdaRole(this, 'lambda-role', prefix, { cluster, secret, region, account });
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
