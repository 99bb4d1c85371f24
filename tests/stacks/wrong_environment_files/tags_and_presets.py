"""Files with wrong tags for one type of resource, a wrong preset, or what contradicts what a preset sets."""

from tests.stacks.wrong_environment_files.wrong import Wrong, engine, top, with_

_FIFTY = "\n".join(f'tag{number} = "x"' for number in range(50))

WRONG: dict[str, Wrong] = {
    "a tag of its own that is ignored": Wrong(
        with_('[tags]\nTeam = "a"\n[ignore_tags]\nkeys = ["Team"]'),
        'ignore_tags.keys = "Team"',
        "is a tag that this file sets",
        "leave one of the two out",
    ),
    "a tag of a type that is ignored by its beginning": Wrong(
        with_('[resource_tags.aws_rds_cluster]\nBackup = "a"\n[ignore_tags]\nkey_prefixes = ["Back"]'),
        'ignore_tags.key_prefixes = "Back"',
        "is how the tag Backup begins, which this file sets",
        "leave one of the two out",
    ),
    "every tag ignored": Wrong(
        with_('[ignore_tags]\nkey_prefixes = [""]'),
        'ignore_tags.key_prefixes[0] = ""',
        "every key begins so, and Terraform would set no tag",
        "write how the others' tags begin",
    ),
    "no tag ignored": Wrong(
        with_("[ignore_tags]"), "ignore_tags.keys = []", "nothing is ignored", "leave [ignore_tags] out"
    ),
    "preset that does not exist": Wrong(
        top('preset = "staging"'), 'preset = "staging"', "must be 'production'", "write"
    ),
    "preset as a list": Wrong(top('preset = ["production"]'), "preset = ", "must be 'production'", "write"),
    "against a preset": Wrong(
        'preset = "production"\nname_prefix = "shop"\n[engine]\nversion = "17.7"\n[credentials]\nversion = 2',
        "credentials.version = 2",
        'RDS owns the secret with mode "managed"',
        'write mode = "random"',
    ),
    "what a preset sets, in a version that cannot": Wrong(
        'preset = "production"\nname_prefix = "shop"\n[engine]\nversion = "17.7"\n[instances]\nreaders = 1\n'
        "[instances.read_scaling]\nminimum_readers = 0\nmaximum_readers = 3",
        "instances.read_scaling.minimum_readers = 0",
        "must not be below readers, which is 1",
        "write 1 or more",
    ),
    "section of a preset as a value": Wrong(
        'preset = "production"\nprotection = true\nname_prefix = "shop"\n[engine]\nversion = "17.7"',
        "protection = true",
        "must be a table",
        "[protection]",
    ),
    "tags of an unknown type": Wrong(
        with_('[resource_tags.aws_rds_clusters]\nA = "b"'),
        "resource_tags.aws_rds_clusters = ",
        "is not a type of resource that is made here and takes tags",
        "did you mean aws_rds_cluster?",
    ),
    "tags of a type without tags": Wrong(
        with_('[resource_tags.aws_kms_alias]\nA = "b"'),
        "resource_tags.aws_kms_alias = ",
        "is not a type of resource that is made here and takes tags",
        "did you mean",
    ),
    "no tags of a type": Wrong(
        with_("[resource_tags.aws_rds_cluster]"), "resource_tags.aws_rds_cluster = {}", "the table is empty", "leave"
    ),
    "a tag in the place of a type": Wrong(
        with_('[resource_tags]\nProject = "alex"'),
        'resource_tags.Project = "alex"',
        "must be a table",
        "[resource_tags",
    ),
    "a wrong tag of a type": Wrong(
        with_('[resource_tags.aws_rds_cluster]\n"aws:x" = "b"'),
        'resource_tags.aws_rds_cluster.aws:x = "b"',
        "must not start with aws:",
        "write another key",
    ),
    "too many tags of a type": Wrong(
        with_(f'[tags]\n{_FIFTY}\n[resource_tags.aws_rds_cluster]\nOne = "more"'),
        'resource_tags.aws_rds_cluster = "51 tags with those of [tags]"',
        "at most 50 tags",
        "leave some out",
    ),
    "rotation by a string": Wrong(
        with_('[credentials]\nrotation_date = "2026-11-01"'),
        'credentials.rotation_date = "2026-11-01"',
        "must be a date",
        "without quotes",
    ),
    "rotation by a time": Wrong(
        with_("[credentials]\nrotation_date = 2026-11-01T10:00:00Z"),
        "credentials.rotation_date = 2026-11-01",
        "must be a date",
        "write, for example, 2026-11-01, without a time and without quotes",
    ),
    "rotation by a day that does not exist": Wrong(
        with_("[credentials]\nrotation_date = 2026-02-30"), "line 5", "is not TOML", "write"
    ),
    "rotation by date and version": Wrong(
        with_("[credentials]\nrotation_date = 2026-11-01\nversion = 2"),
        "credentials.rotation_date = 2026-11-01",
        "has a version already, which is 2",
        "leave one of the two out",
    ),
    "rotation of what RDS rotates": Wrong(
        with_('[credentials]\nmode = "managed"\nrotation_date = 2026-11-01'),
        "credentials.rotation_date = 2026-11-01",
        "RDS owns the secret",
        "leave it out",
    ),
    "log kept for ever": Wrong(
        with_("[monitoring]\nlog_retention_days = 36500"),
        "monitoring.log_retention_days = 36500",
        "CloudWatch Logs keeps lines for",
        "write 3653",
    ),
    "expression in a tag": Wrong(
        with_('[tags]\nProject = "${var.project}"'), 'tags.Project = "${var.project}"', "as an expression", "plain text"
    ),
    "expression in a tag's key": Wrong(
        with_('[tags]\n"%{if true}x" = "y"'), 'tags.%{if true}x = "%{if true}x"', "as an expression", "plain text"
    ),
    "expression in a tag of a type": Wrong(
        with_('[resource_tags.aws_rds_cluster]\nA = "${x}"'),
        'resource_tags.aws_rds_cluster.A = "${x}"',
        "as an expression",
        "plain text",
    ),
    "expression in a parameter": Wrong(
        engine("17.7", '[engine.cluster_parameters]\nwork_mem = "${x}"'),
        'engine.cluster_parameters.work_mem = "${x}"',
        "as an expression",
        "plain text",
    ),
    "expression in a list": Wrong(
        with_('[names]\ninstances = ["${x}"]'), "names.instances", "as an expression", "plain text"
    ),
}
