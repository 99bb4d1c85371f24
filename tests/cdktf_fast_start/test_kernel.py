"""What jsii does over one Node process: the same as over its own two, said in the same words."""

import signal
import stat
from pathlib import Path

import pytest

from tests.cdktf_fast_start.programs import clean_environment, output_of, run

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")

# The random provider alone: its stock bindings load in a second.
CONVERSATION = """
import datetime, jsii
from cdktf import App, Aspects, Fn, IAspect, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token
from cdktf_cdktf_provider_random.password import Password
from cdktf_cdktf_provider_random.provider import RandomProvider

def attempt(label, action):
    try:
        print(label, repr(action()))
    except Exception as error:
        print(label, type(error).__name__, str(error).splitlines()[0], "|", type(error.__cause__).__name__)

@jsii.implements(IAspect)
class Rename:
    def __init__(self, name):
        self.name = name
    def visit(self, node):
        if self.name is None:
            raise ValueError("no name to give")
        if isinstance(node, Password):
            node.override_logical_id(self.name)

class Named(TerraformStack):
    @property
    def availability(self):
        return "always"
    def to_string(self):
        return "a stack of " + self.availability

def stack(name=None, aspect=None):
    made = Named(App(outdir="."), name or "stack")
    RandomProvider(made, "random", alias="ü")
    variable = TerraformVariable(made, "length", type="number", default=0.5, sensitive=False)
    password = Password(made, "password", length=variable.number_value, special=True, keepers={"a": "1"})
    TerraformOutput(made, "out", value=Fn.upper(password.result), depends_on=[password])
    if aspect:
        Aspects.of(made).add(aspect)
    return made

class Own(Password):
    @property
    def friendly_unique_id(self):
        return "own_name"

def with_own(made):
    Own(made, "own", length=3)
    return made

def with_nested(made):
    made.add_override("locals", {"a": [1, 2.5, None, True, {"b": "c"}], "f": datetime.date.min.year})
    return made

attempt("synth", lambda: Testing.synth(stack()))
attempt("renamed by an aspect", lambda: Testing.synth(stack(aspect=Rename("renamed"))))
attempt("aspect that fails", lambda: Testing.synth(stack(aspect=Rename(None))))
attempt("overridden", lambda: stack().to_string())
attempt("children", lambda: [type(child).__name__ for child in stack().node.children])
attempt("of", lambda: type(TerraformStack.of(stack().node.find_child("password"))).__name__)
attempt("own property", lambda: Testing.synth(with_own(stack())))
attempt("no such method", lambda: jsii.invoke(stack(), "noSuchMethod", []))
attempt("two of one name", lambda: [Password(made, "twice", length=1) for made in [stack()] * 2])
attempt("no such child", lambda: stack().node.find_child("nobody"))
attempt("bad name", lambda: stack("white space"))
attempt("function", lambda: Token.as_any(print))
def set_keepers():
    password = stack().node.find_child("password")
    password.keepers = {"b": "2"}
    return password.keepers_input

attempt("set", set_keepers)
attempt("nested", lambda: Testing.synth(with_nested(stack())))
attempt("type", lambda: Password.TF_RESOURCE_TYPE)
attempt("count", lambda: jsii.stats().object_count > 10)
"""


def test_what_is_said_is_what_stock_says() -> None:
    lazy = output_of(CONVERSATION)
    assert lazy == output_of(CONVERSATION, lazy=False)
    assert "renamed" in lazy


@pytest.mark.parametrize(("lazy", "processes"), [(True, 1), (False, 2)])
def test_one_node_process_runs_instead_of_two_and_none_is_left(lazy: bool, processes: int) -> None:
    program = """
import atexit, psutil
atexit.register(lambda: print("left", len(psutil.Process().children(recursive=True))))
import cdktf
cdktf.Fn.abs(1)
print("running", len(psutil.Process().children(recursive=True)))
"""
    assert output_of(program, lazy=lazy).splitlines() == [f"running {processes}", "left 0"]


def test_the_one_line_starts_node_at_once() -> None:
    program = "import psutil\nimport cdktf_fast_start.auto\nprint(len(psutil.Process().children(recursive=True)))"
    started = [run(["-c", program], clean_environment(CDKTF_FAST_START=switch)) for switch in ("", "off")]
    assert [finished.stdout for finished in started] == ["1\n", "0\n"]
    assert [finished.stderr for finished in started] == ["", ""]


def test_node_that_is_started_at_once_is_the_one_that_is_used() -> None:
    program = """
import cdktf_fast_start, psutil, sys
cdktf_fast_start.enable(start_node=True)
cdktf_fast_start.enable(start_node=True)
print(len(psutil.Process().children(recursive=True)))
from cdktf import App
print(App().outdir, len(psutil.Process().children(recursive=True)))
sys.exit(7)
"""
    finished = run(["-c", program], clean_environment())
    assert (finished.stdout.splitlines(), finished.returncode) == (["1", "cdktf.out 1"], 7), finished.stderr


def test_what_node_prints_arrives() -> None:
    program = "import cdktf_fast_start\ncdktf_fast_start.enable()\nimport cdktf\ncdktf.Fn.abs(1)"
    finished = run(["-c", program], clean_environment(JSII_DEBUG="1"))
    assert (finished.returncode, finished.stdout) == (0, "")
    assert "sinvoke" in finished.stderr


def test_a_program_that_ends_before_node_has_answered_ends_silently() -> None:
    program = (
        "import cdktf_fast_start\ncdktf_fast_start.enable(start_node=True)\nimport cdktf_cdktf_provider_aws.rds_cluster"
    )
    for ending in ("", "\nraise SystemExit(0)"):
        finished = run(["-c", program + ending])
        assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


@pytest.mark.parametrize("last", ["import cdktf_cdktf_provider_aws.rds_cluster", "import cdktf\ncdktf.App()"])
def test_when_python_is_killed_node_ends_silently(last: str) -> None:
    start = "import cdktf_fast_start, os, signal\ncdktf_fast_start.enable(start_node=True)\n"
    # Node holds the other end of stderr too: all of what it says is in what is captured.
    finished = run(["-c", f"{start}{last}\nos.kill(os.getpid(), signal.SIGKILL)"])
    assert (finished.returncode, finished.stdout, finished.stderr) == (-signal.SIGKILL, "", "")


def test_a_package_that_cannot_be_loaded_is_reported_and_the_conversation_goes_on() -> None:
    program = """
import cdktf, jsii
for tarball in ("gone.tgz", "gone too.tgz"):
    jsii.load("gone", "1.0.0", tarball)
    try:
        cdktf.App()
    except RuntimeError as error:
        print(type(error.__cause__).__name__, error)
print(cdktf.App().outdir)
"""
    assert output_of(program).splitlines() == [
        "JavaScriptError ENOENT: no such file or directory, open 'gone.tgz'",
        "JavaScriptError ENOENT: no such file or directory, open 'gone too.tgz'",
        "cdktf.out",
    ]


def test_any_number_of_requests_can_be_sent_ahead() -> None:
    program = """
import cdktf, jsii
for _ in range(10_000):
    jsii.kernel.provider.read_class("cdktf.App")
print(cdktf.App().outdir)
"""
    assert output_of(program).strip() == "cdktf.out"


def test_node_that_ended_is_reported_as_such_once() -> None:
    program = """
import cdktf_fast_start
cdktf_fast_start.enable()
import cdktf, jsii, psutil
cdktf.App()
for process in psutil.Process().children(recursive=True):
    process.kill()
    process.wait()
try:
    cdktf.App()
except jsii.errors.JSIIError as error:
    print(error)
"""
    finished = run(["-c", program])
    assert finished.stdout == "Node ended before it answered; what it said is on stderr\n"
    assert (finished.returncode, finished.stderr) == (0, "")


def test_node_that_ends_instead_of_answering_is_reported_as_such() -> None:
    program = """
import io, jsii, types
from cdktf_fast_start.kernel import KernelConnection
try:
    KernelConnection(types.SimpleNamespace(channel=io.BytesIO(), sent=[])).send({}, dict)
except jsii.errors.JSIIError as error:
    print(error)
"""
    assert output_of(program).startswith("Node ended before it answered")


@pytest.mark.parametrize("told", [(), ("cdktf_cdktf_provider_random",)])
def test_a_package_is_loaded_once_also_when_node_is_told_before_python_asks(told: tuple[str, ...]) -> None:
    program = f"import cdktf_fast_start\ncdktf_fast_start.enable(start_node=True, provider_packages={told})\n"
    program += "import cdktf\nfrom cdktf_cdktf_provider_random.password import Password\nPassword.TF_RESOURCE_TYPE"
    finished = run(["-c", program], clean_environment(JSII_DEBUG_TIMING="1"))
    assert (finished.stdout.count("timing] load({"), finished.returncode) == (3, 0)


def test_node_that_ended_is_reported_as_such() -> None:
    program = """
import cdktf, jsii, psutil
cdktf.Fn.abs(1)
for process in psutil.Process().children(recursive=True):
    process.kill()
    process.wait()
try:
    cdktf.Fn.abs(1)
except (jsii.errors.JSIIError, OSError) as error:
    print(type(error).__name__, error)
"""
    assert output_of(program).startswith(("JSIIError Node ended before it answered", "BrokenPipeError"))


def test_a_type_that_python_has_not_imported_is_found() -> None:
    program = """
import sys
import cdktf_cdktf_provider_random.password, jsii
from jsii._kernel.types import ObjRef
from jsii._reference_map import resolve_reference
print(type(resolve_reference(jsii.kernel, ObjRef("@cdktf/provider-random.uuid.Uuid@10999"))).__module__)
"""
    assert output_of(program).strip() == "cdktf_cdktf_provider_random.uuid"


@pytest.mark.parametrize(
    ("before", "environment"),
    [
        pytest.param("cdktf_fast_start.KNOWN_JSII = '1.999.0'", {}, id="another jsii"),
        pytest.param("", {"JSII_RUNTIME": ""}, id="a runtime of the user"),
        pytest.param("", {"JSII_HOST_STACK_TRACES": "1"}, id="stack traces for Node"),
    ],
)
def test_with_an_unknown_jsii_only_the_public_parts_are_used(before: str, environment: dict[str, str]) -> None:
    program = f"""
import cdktf_fast_start
{before}
cdktf_fast_start.enable(start_node=True)
import jsii, os, sys, typing
print(type(jsii.kernel.provider).__name__)
print(typing.get_type_hints.__module__, jsii._reference_map.register_type.__module__)
os.environ.pop("JSII_RUNTIME", None)
from cdktf_cdktf_provider_random.password import Password
print(Password.TF_RESOURCE_TYPE, len([name for name in sys.modules if "provider_random" in name]))
"""
    finished = run(["-c", program], clean_environment(**environment))
    assert finished.stdout.splitlines() == ["ProcessProvider", "typing jsii._reference_map", "random_password 5"]


def test_enabling_after_cdktf_was_imported_warns_and_changes_nothing() -> None:
    program = """
import cdktf, jsii
import cdktf_fast_start
provider = jsii.kernel.provider
cdktf_fast_start.enable(start_node=True)
print(jsii.kernel.provider is provider, cdktf.App().outdir)
"""
    from cdktf_fast_start.node import node_of_wheel  # noqa: PLC0415

    finished = run(["-c", program], clean_environment(JSII_NODE=node_of_wheel() or ""))
    assert finished.stdout.split() == ["True", "cdktf.out"], finished.stderr
    assert "RuntimeWarning: cdktf is imported already" in finished.stderr


STARTS = "import cdktf; print(cdktf.App().outdir)"


def test_what_node_has_compiled_is_kept_where_only_its_user_can_write(tmp_path: Path) -> None:
    environment = clean_environment(XDG_CACHE_HOME=str(tmp_path))
    environment.pop("NODE_COMPILE_CACHE", None)
    kept = tmp_path / "cdktf_fast_start"
    made: list[set[Path]] = []
    for _ in range(2):
        assert output_of(STARTS, environment=environment).strip() == "cdktf.out"
        made.append({path for path in (kept / "node").rglob("*") if path.is_file()})
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    # The kernel's file and those of two packages, which jsii links into a folder of another name at every start.
    assert len(made[0]) > 100
    assert made[0] == made[1], "nothing is compiled again"


@pytest.mark.parametrize("problem", ["others may write it", "it cannot be made", "there is no home"])
def test_without_a_place_for_it_nothing_is_kept(problem: str, tmp_path: Path) -> None:
    environment, ours = clean_environment(XDG_CACHE_HOME=str(tmp_path)), tmp_path / "cdktf_fast_start"
    if problem == "others may write it":
        ours.mkdir()
        ours.chmod(0o777)
    elif problem == "it cannot be made":
        ours.touch()
    else:
        unpacked = Path.home() / ".cache/aws/jsii/package-cache"
        environment |= {"XDG_CACHE_HOME": "", "HOME": str(ours), "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(unpacked)}
        ours.touch()
    assert output_of(STARTS, environment=environment).strip() == "cdktf.out"
    assert [path for path in tmp_path.rglob("*") if path != ours] == []
