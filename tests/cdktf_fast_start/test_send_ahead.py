"""What is sent ahead of answers: the same comes of it, and an error stops the program and says where it came from."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsii
import pytest
from cdktf_fast_start.kernel import MOST_UNANSWERED, KernelConnection
from jsii._kernel import types
from jsii.errors import JSIIError

from tests.cdktf_fast_start.programs import clean_environment, output_of, run
from tests.cdktf_fast_start.test_kernel import CONVERSATION

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")

AHEAD = "start_node=True, send_ahead=True"

STACK = """
import sys
from cdktf import App, Fn, Op, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token
from cdktf_cdktf_provider_random.password import Password
from cdktf_cdktf_provider_random.provider import RandomProvider

def stack(outdir=".", name="stack"):
    made = TerraformStack(App(outdir=outdir), name)
    RandomProvider(made, "random", alias="ü")
    return made
"""

PROGRAM = (
    STACK
    + """
made = TerraformStack(App(outdir="."), "stack")
made.node.set_context("key", {"a": [1, 2.5, None, True]})
RandomProvider(made, "random", alias="ü")
made.add_override("locals", {"a": [1, 2.5, None, True, {"b": "c"}]})
variable = TerraformVariable(made, "length", type="number", default=0.5, sensitive=False)
for number in range(3):
    length, keepers = variable.number_value, {"a": "1"}
    password = Password(made, f"password-{number}", length=length, special=number > 0, keepers=keepers)
    password.override_logical_id(f"given_{number}")
    password.lower = True
    if number == 1:
        password.reset_lower()
        password.min_upper = 3
    TerraformOutput(made, f"out-{number}", value=Fn.upper(password.result), depends_on=[password])
    TerraformOutput(made, f"again-{number}", value=f"{password.result}-{password.result}-{password.id}")
    print(password.lower_input, password.min_upper_input, password.length_input is not None)
    print([type(child).__name__ for child in made.node.children], made.node.find_child(password.node.id) is password)
print(Token.is_unresolved(password.result), Token.as_string(Op.add(1, 2)) != "", password.friendly_unique_id)
print(Testing.synth(made))
"""
)


def test_a_program_prints_what_it_prints_the_stock_way() -> None:
    ahead = output_of(PROGRAM, enable=AHEAD)
    assert ahead == output_of(PROGRAM, lazy=False)
    assert "given_2" in ahead


def test_objects_that_node_calls_back_are_served_as_always() -> None:
    assert output_of(CONVERSATION, enable=AHEAD) == output_of(CONVERSATION, lazy=False)


def test_what_node_refuses_is_raised_by_a_later_call_that_names_the_one_that_it_is_about(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        f"import cdktf_fast_start\ncdktf_fast_start.enable({AHEAD})\n{STACK}\n"
        "made = stack()\n"
        "Password(made, 'twice', length=1)\n"
        "Password(made, 'twice', length=1)  # the one\n"
        "print('sent')\n"
        "print(made.to_string())\n"
    )
    line = program.read_text().splitlines().index("Password(made, 'twice', length=1)  # the one") + 1
    finished = run([str(program)])
    assert (finished.stdout, finished.returncode) == ("sent\n", 1)
    assert "There is already a Construct with name 'twice' in TerraformStack [stack]" in finished.stderr
    assert (
        f"Node answers so to {program}:{line}; with CDKTF_FAST_START=off this error is raised there" in finished.stderr
    )


def test_nothing_is_written_after_an_error(tmp_path: Path) -> None:
    program = f"""{STACK}
app = App(outdir={str(tmp_path)!r})
made = TerraformStack(app, "stack")
RandomProvider(made, "random")
for _ in range(2):
    Password(made, "twice", length=1)
try:
    app.synth()
except RuntimeError as error:
    print(str(error).splitlines()[0], len(error.__notes__))
"""
    assert "There is already a Construct" in output_of(program, enable=AHEAD)
    assert [path.name for path in tmp_path.rglob("*")] == ["stacks"]


def test_what_was_made_after_an_object_that_could_not_be_made_is_never_taken_for_another() -> None:
    program = f"""{STACK}
import jsii
made = stack()
for name in ("twice", "twice", "once"):
    password = Password(made, name, length=1)
for action in (lambda: made.node.id, lambda: password.result, lambda: Password(made, "again", length=1)):
    try:
        print(action())
    except (RuntimeError, jsii.errors.JSIIError) as error:
        print(str(error).splitlines()[0][:60])
"""
    later = "nothing can be asked of Node after an object that could not "
    first = "There is already a Construct with name 'twice' in TerraformS"
    assert output_of(program, enable=AHEAD).splitlines() == [first, later, later]


def test_after_a_setting_that_was_refused_the_conversation_goes_on() -> None:
    program = f"""{STACK}
made = stack()
made.node.set_context("too", "late")
try:
    made.node.id
except RuntimeError as error:
    print("refused")
password = Password(made, "password", length=1)
print(password.node.id, [child.node.id for child in made.node.children])
"""
    assert output_of(program, enable=AHEAD).splitlines() == ["refused", "password ['random', 'password']"]


def test_any_number_of_objects_can_be_made_without_waiting() -> None:
    program = f"""{STACK}
made = stack()
for number in range({MOST_UNANSWERED * 20}):
    Password(made, f"password-{{number}}-{{'x' * 500}}", length=1, keepers={{"a": "x" * 1000}})
print(len(made.node.children))
"""
    assert output_of(program, enable=AHEAD).strip() == str(MOST_UNANSWERED * 20 + 1)


def test_a_property_is_asked_for_again_once_it_may_have_changed() -> None:
    program = f"""{STACK}
from cdktf_fast_start.kernel import KernelConnection
made = stack()
password = Password(made, "password", length=1)
asked = []
write = KernelConnection._write
def noted(self, request):
    asked.extend([request.property] if type(request).__name__ == "GetRequest" else [])
    return write(self, request)
KernelConnection._write = noted
first = password.result
print(password.result == first, asked)
password.length = 2
print(password.result != first, asked)
"""
    assert output_of(program, enable=AHEAD).splitlines() == ["True ['result']", "True ['result', 'result']"]


def test_what_was_asked_of_one_object_is_asked_of_the_next_at_once() -> None:
    program = f"""{STACK}
from cdktf_fast_start.kernel import KernelConnection
made = stack()
waits = []
settle = KernelConnection._settle
def counted(self, *, unanswered):
    waits.append(unanswered)
    settle(self, unanswered=unanswered)
KernelConnection._settle = counted
for name in ("one", "another"):
    password = Password(made, name, length=1)
    TerraformOutput(made, f"out-{{name}}", value=f"{{password.result}}{{password.id}}{{password.bcrypt_hash}}")
    print(waits.count(0))
    waits.clear()
print(Testing.synth(made).count("bcrypt_hash"))
"""
    assert output_of(program, enable=AHEAD).splitlines() == ["3", "1", "2"]


def answer_line(answer: Any) -> bytes:
    return json.dumps(answer, separators=(",", ":")).encode() + b"\n"


class Channel:
    """What a Node would be: gives prepared answers, and remembers what was written."""

    def __init__(self, *answers: Any) -> None:
        self.answers = BytesIO(b"".join(answer_line(answer) for answer in (HELLO, *answers)))
        self.written = b""

    def readline(self) -> bytes:
        return self.answers.readline()

    def write(self, data: bytes) -> None:
        self.written += data

    def flush(self) -> None:
        pass


HELLO = {"hello": f"@jsii/runtime@{jsii.__jsii_runtime_version__}"}
MADE = types.CreateRequest(fqn="some.Type", args=[], overrides=[], interfaces=[])


def connection(*answers: Any) -> tuple[KernelConnection, Channel]:
    channel = Channel(*answers)
    return KernelConnection(SimpleNamespace(channel=channel, sent=[]), makes_ahead=True), channel  # type: ignore[arg-type]


def reference(number: int) -> dict[str, Any]:
    return {"ok": {"$jsii.byref": f"some.Type@{number}"}}


def test_names_follow_those_that_node_has_given_to_others() -> None:
    get = types.GetRequest(objref=types.ObjRef(ref="some.Type@10000"), property="node")
    talk, _ = connection(reference(10000), {"ok": {"value": {"$jsii.byref": "some.Node@10001"}}}, reference(10002))
    assert talk.create(MADE).ref == "some.Type@10000"
    assert talk.get(get).value.ref == "some.Node@10001"
    assert talk.create(MADE).ref == "some.Type@10002"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (reference(10001), "expected .*some.Type@10000.* from Node, got .*10001"),
        ({"callback": {"cbid": "1"}}, "expected .*some.Type@10000.* from Node, got .*callback"),
        ({"error": "no such type", "name": "@jsii/kernel.Fault", "stack": ""}, "no such type"),
    ],
)
def test_an_answer_that_was_not_foretold_is_an_error(answer: Any, told: str) -> None:
    talk, _ = connection(answer)
    talk.create(MADE)
    with pytest.raises(JSIIError, match=told) as raised:
        talk.send(types.StatsRequest(), types.StatsResponse)
    assert f"{Path(__file__).name}:" in raised.value.__notes__[0]


@pytest.mark.parametrize("method", ["addOverride", "overrideLogicalId", "synth"])
def test_a_method_is_waited_for_unless_it_only_takes_note(method: str) -> None:
    from cdktf_fast_start.kernel import DirectProvider  # noqa: PLC0415

    talk, channel = connection({"ok": {}}, {"ok": {}})
    provider = DirectProvider(Path(), [])
    vars(provider)["_process"] = talk
    provider.invoke(types.InvokeRequest(objref=types.ObjRef(ref="some.Type@10000"), method=method, args=[]))
    is_read = channel.answers.tell() > 0
    assert is_read is (method == "synth")


def sent(arguments: Sequence[str]) -> list[dict[str, Any]]:
    program = f"""{STACK}
import json
from cdktf_fast_start import kernel
made = stack()
encode = kernel._encode
def noted(request):
    print(encode(request))
    return encode(request)
kernel._encode = noted
Password(made, "password", {", ".join(arguments)})
"""
    return [json.loads(line) for line in output_of(program, enable=AHEAD).splitlines()]


def test_no_argument_is_sent_that_was_not_given() -> None:
    (request,) = sent(["length=3", "keepers={'a': 'b'}", "lifecycle={'prevent_destroy': True}"])
    struct = request["args"][2]["$jsii.struct"]
    assert struct["data"] == {
        "length": 3,
        "keepers": {"$jsii.map": {"a": "b"}},
        "lifecycle": {"$jsii.struct": {"fqn": "cdktf.TerraformResourceLifecycle", "data": {"preventDestroy": True}}},
    }


def test_a_wrong_type_is_refused_where_it_is_given() -> None:
    program = f"""{STACK}
made = stack()
try:
    Password(made, "password", length=3, keepers=3)
except TypeError as error:
    print(error)
"""
    assert "keepers" in output_of(program, enable=AHEAD)


def test_what_is_rarely_used_is_imported_when_it_is_used() -> None:
    program = f"""{STACK}
made = stack()
rare = ("cattrs", "dateutil.parser._parser", "email", "unittest.mock")
print([name for name in rare if name in sys.modules])
import cattr, importlib.metadata
print(cattr.Converter().structure("3", int), importlib.metadata.version("attrs") != "", "email" in sys.modules)
print(list(importlib.metadata.entry_points(group="no.such.group")), importlib.metadata.version("typeguard"))
"""
    import importlib.metadata  # noqa: PLC0415

    assert output_of(program, enable=AHEAD).splitlines() == [
        "[]",
        "3 True True",
        f"[] {importlib.metadata.version('typeguard')}",
    ]


def test_further_nodes_are_told_the_same_and_end_with_the_program() -> None:
    program = f"""
import cdktf_fast_start, psutil
cdktf_fast_start.enable({AHEAD}, further_nodes=2)
import cdktf
from cdktf_fast_start import kernel
further = kernel.further_nodes()
print(len(further), len(psutil.Process().children(recursive=True)))
print(kernel.start_node().sent == further[0].sent)
kernel.use_node(further[1])
print(cdktf.App(outdir='.').outdir)
"""
    left = "import atexit, psutil\natexit.register(lambda: print(len(psutil.Process().children(recursive=True))))\n"
    finished = run(["-c", left + program], clean_environment())
    assert finished.stdout.splitlines() == ["2 3", "True", ".", "0"], finished.stderr
    assert (finished.returncode, finished.stderr) == (0, "")
