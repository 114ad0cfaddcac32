"""`stacks/deployment` as it stands: the real SDK and engine, and a stand-in for the provider's plugin (tests/standin).

The stack before it reads the certificates from an emulator in its provider.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from pulumi import automation
from tests.engine.conftest import MakeProject, Project, Run, command_line
from tests.engine.shell import CHECKOUT, error_lines
from tests.engine.test_reading import EMULATED, INSTANCE, PRODUCT, emulator
from tests.unit.certificate.conftest import Workshop

from alicloud_device_certificates import (
    IotDeviceCertificate,
    MqttCaCertificates,
    MqttDeviceCertificate,
    MqttDeviceCertificates,
    export_certificates,
)

SLB = {"name": "devices", "certificates": ["gateway-01", "gateway-02"]}
TRUST_BUNDLE = {"bucket": "fleet", "key": "devices.pem", "certificates": ["gateway-01", "gateway-02"]}
ALLOW_LIST = {"bucket": "fleet", "key": "allowed.txt"}
KMS = {"name": "kms/one", "certificate": "light-01", "dkmsInstanceId": "kst-1", "encryptionKeyId": "key-1"}
KMS_OF_ANOTHER = {"name": "kms/two", "certificate": "light-02"}
OOS = {"name": "oos/one", "certificate": "light-01"}
CAS = {"name": "cas-one", "certificate": "light-01"}
EVERYTHING: dict[str, Any] = {
    "slbCaCertificates": [SLB],
    "ossTrustBundles": [TRUST_BUNDLE],
    "ossAllowLists": [ALLOW_LIST],
    "kmsSecrets": [KMS, KMS_OF_ANOTHER],
    "oosSecretParameters": [OOS],
    "casServiceCertificates": [CAS],
}
PUBLISHED = {"devices", "fleet/devices.pem", "fleet/allowed.txt", "kms/one", "kms/two", "oos/one", "cas-one"}
REPLACED = "create-replacement, replace, delete-replaced"
TWO_CAS = """
accounts:
  - id: "1"
    users: [{access_key_id: owner, access_key_secret: secret}]
    mqtt_instances:
      - id: post-cn-1
        region: cn-hangzhou
        cas:
          - {sn: "01", devices: [{sn: 356217374433aa01, name: gateway-01}]}
          - {sn: "02", devices: [{sn: 356217374433aa02, name: gateway-02}]}
"""


def gateway(name: str, device_sn: str, **settings: Any) -> MqttDeviceCertificate:
    return MqttDeviceCertificate(name, device_sn=device_sn, include_chain=True, **{**INSTANCE, **settings})


def light(name: str) -> IotDeviceCertificate:
    return IotDeviceCertificate(name, product_key=PRODUCT, device_name=name, include_private_key=True)


def fleet() -> None:
    export_certificates(
        {
            "gateway-01": gateway("gateway-01", "356217374433aa01"),
            "gateway-02": gateway("gateway-02", "356217374433aa02"),
            "light-01": light("light-01"),
            "light-02": light("light-02"),
        }
    )


class Deployment(Project):
    """The second stack: its program is the checkout's, its backend the producer's, and its plugin the stand-in."""

    def __post_init__(self) -> None:
        work = self.folder / "deployment"
        if not work.exists():
            shutil.copytree(CHECKOUT / "stacks" / "deployment", work, ignore=shutil.ignore_patterns("__pycache__"))
        self.config_file = work / f"Pulumi.{self.stack_name}.yaml"
        self.stack = automation.create_or_select_stack(
            self.stack_name,
            work_dir=str(work),
            opts=automation.LocalWorkspaceOptions(
                pulumi_home=str(self.folder / "home"),
                pulumi_command=command_line(),
                env_vars={
                    **self.surroundings(),
                    "PATH": f"{CHECKOUT / 'tests' / 'standin'}{os.pathsep}{os.environ['PATH']}",
                    "PYTHONPATH": str(CHECKOUT / ".alicloud"),
                },
            ),
        )

    def configure(self, **entries: Any) -> None:
        """Write the config as a person does: the producer, and these entries."""
        settings = yaml.safe_load(self.config_file.read_text(encoding="utf-8"))
        config = {"producer": "device-certificates/test", **entries}
        settings["config"] = {f"device-certificates-deployment:{key}": value for key, value in config.items()}
        self.config_file.write_text(yaml.safe_dump(settings), encoding="utf-8")


def produced(make_project: MakeProject, program: Callable[[], None], **config: str) -> Project:
    """The stack that reads the certificates, once updated."""
    project = make_project(program, name="device-certificates", config={**EMULATED, **config})
    updated(project)
    return project


def deployment(producer: Project, **entries: Any) -> Deployment:
    project = Deployment(producer.folder, lambda: None)
    project.configure(**entries)
    return project


def updated(project: Project) -> Run:
    run = project.up()
    assert run.error is None, run.text
    return run


def operations(run: Run) -> dict[str, str]:
    """What the run did, or would do, to each resource that it does not leave as it is: the steps in their order."""
    assert run.error is None, run.text
    steps: dict[str, list[str]] = {}
    for event in run.events:
        if event.resource_pre_event is not None:
            step = event.resource_pre_event.metadata
            op = str(getattr(step.op, "value", step.op))
            if step.urn.split("::")[2].startswith("alicloud:") and op != "same":
                steps.setdefault(step.urn.split("::", 3)[3], []).append(op)
    return {name: ", ".join(done) for name, done in steps.items()}


def certificates(producer: Project) -> dict[str, Any]:
    given: dict[str, Any] = producer.stack.outputs()["certificates"].value
    return given


def private_keys(producer: Project) -> dict[str, str]:
    given: dict[str, str] = producer.stack.outputs()["private_keys"].value
    return given


def inputs(project: Project) -> dict[str, dict[str, Any]]:
    """The inputs that the provider received for each resource, secrets in plain text."""
    shown = project.stack.workspace.pulumi_command.run(
        ["stack", "export", "--show-secrets", "--stack", "test"],
        project.stack.workspace.work_dir,
        {**project.stack.workspace.env_vars, "PULUMI_HOME": str(project.folder / "home")},
    )
    resources = json.loads(shown.stdout)["deployment"]["resources"]
    return {each["urn"].split("::", 3)[3]: each["inputs"] for each in resources if each["type"].startswith("alicloud:")}


def plaintext(secret: dict[str, str]) -> str:
    text: str = json.loads(secret["plaintext"])
    return text


def only_error(run: Run) -> str:
    """The one line that says what is wrong, beside the engine's own that the program has ended."""
    assert run.error is not None
    assert "Traceback" not in run.text
    (line,) = set(error_lines(run.errors))
    return line


def test_each_thing_is_made_once_and_changes_with_its_certificate_alone(make_project: MakeProject) -> None:
    producer = produced(make_project, fleet)
    project = deployment(producer, **EVERYTHING)
    runs = [project.preview()]
    assert operations(runs[-1]) == dict.fromkeys(PUBLISHED, "create")
    runs.append(updated(project))
    runs.append(project.preview())
    assert operations(runs[-1]) == {}, "a change although nothing has changed"
    first, first_ids, keys = inputs(project), project.stack.outputs(), private_keys(producer)
    assert first.keys() == PUBLISHED
    assert first["devices"]["caCertificate"] == first["fleet/devices.pem"]["content"]
    assert first["devices"]["caCertificate"] == certificates(producer)["gateway-01"]["ca_certificate_pem"]
    assert plaintext(first["kms/one"]["secretData"]) == keys["light-01"]
    assert plaintext(first["kms/two"]["secretData"]) == keys["light-02"]

    emulator(producer, "rotate", "light-01")
    runs.append(updated(producer))
    runs.append(project.preview())
    affected = {"fleet/allowed.txt": "update", "kms/one": "update", "oos/one": "update", "cas-one": REPLACED}
    assert operations(runs[-1]) == affected
    runs.append(updated(project))
    assert operations(runs[-1]) == affected

    second, given = inputs(project), certificates(producer)
    rotated = {"light-01": private_keys(producer)["light-01"]}
    fingerprint = given["light-01"]["sha256_fingerprint"]
    assert second["fleet/allowed.txt"]["content"].split() == sorted(
        each["sha256_fingerprint"] for each in given.values()
    )
    assert second["kms/one"]["versionId"] == fingerprint[:32]
    assert second["cas-one"]["certificateName"] == f"cas-one-{fingerprint[:16]}"
    assert second["cas-one"]["cert"] == given["light-01"]["certificate_pem"]
    for name, holds in (("kms/one", "secretData"), ("oos/one", "value"), ("cas-one", "key")):
        assert plaintext(second[name][holds]) == rotated["light-01"] != keys["light-01"]
    for name in PUBLISHED - affected.keys():
        assert second[name] == first[name]
    ids = project.stack.outputs()
    assert ids["slb_ca_certificate_ids"].value == first_ids["slb_ca_certificate_ids"].value
    assert ids["cas_certificate_ids"].value.keys() == first_ids["cas_certificate_ids"].value.keys() == {"cas-one"}
    assert ids["cas_certificate_ids"].value != first_ids["cas_certificate_ids"].value

    emulator(producer, "renew", "light-01")
    runs.append(updated(producer))
    runs.append(updated(project))
    del affected["oos/one"]  # the key is the same
    assert operations(runs[-1]) == affected

    assert_hidden([*keys.values(), *rotated.values()], runs, producer)
    for each in (project, producer):
        assert each.destroy().error is None
        assert each.state() == {}


def assert_hidden(keys: list[str], runs: list[Run], producer: Project) -> None:
    """No private key is in plain in what was shown, in an event, or in what the backend keeps of both stacks."""
    events = json.dumps([event for run in runs for event in run.events], default=vars)
    stored = producer.stored_text()
    assert "fleet/allowed.txt" in events
    assert "fleet/allowed.txt" in stored
    for place in (events, stored, *(run.text for run in runs)):
        assert "PRIVATE KEY" not in place
        for key in keys:
            assert key.splitlines()[3] not in place


def test_a_new_ca_is_uploaded_before_the_old_one_goes_and_two_for_one_upload_are_refused(
    make_project: MakeProject, tmp_path: Path
) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(TWO_CAS, encoding="utf-8")
    old, new = {"ca_sn": "01", "device_sn": "356217374433aa01"}, {"ca_sn": "02", "device_sn": "356217374433aa02"}
    read = {"gateway-01": old, "gateway-02": old}

    def program() -> None:
        given = {name: gateway(name, mqtt_instance_id="post-cn-1", **device) for name, device in read.items()}
        export_certificates(given)

    producer = produced(make_project, program, **{"device-certificates:emulatorScenario": str(scenario)})
    project = deployment(producer, slbCaCertificates=[SLB], ossTrustBundles=[TRUST_BUNDLE])
    updated(project)
    first = inputs(project)

    read = {"gateway-01": new, "gateway-02": new}
    updated(producer)
    assert operations(updated(project)) == {"devices": REPLACED, "fleet/devices.pem": "update"}
    second = inputs(project)
    for state, name in ((first, "gateway-01"), (second, "gateway-02")):
        assert state["devices"]["caCertificate"] == state["fleet/devices.pem"]["content"], name
        assert state["devices"]["caCertificateName"].startswith("devices-")
    assert first["devices"]["caCertificateName"] != second["devices"]["caCertificateName"]
    assert first["devices"]["caCertificate"] != second["devices"]["caCertificate"]

    read = {"gateway-01": new, "gateway-02": old}
    updated(producer)
    assert "devices has 2 CAs, but an upload takes one" in only_error(project.preview())
    project.configure(ossTrustBundles=[TRUST_BUNDLE])
    updated(project)
    both = second["fleet/devices.pem"]["content"] + first["fleet/devices.pem"]["content"]
    assert inputs(project)["fleet/devices.pem"]["content"] == both


def test_what_has_no_entry_is_not_made_and_an_invalid_config_is_one_line(make_project: MakeProject) -> None:
    producer = produced(make_project, fleet)
    project = deployment(producer)
    assert operations(updated(project)) == {}
    assert project.stack.outputs() == {}
    project.configure(slbCaCertificates=[SLB], ossAllowLists=[ALLOW_LIST], oosSecretParameters=[OOS])
    assert operations(project.preview()) == dict.fromkeys(("devices", "fleet/allowed.txt", "oos/one"), "create")
    project.configure(ossTrustBundles=[TRUST_BUNDLE], kmsSecrets=[KMS], casServiceCertificates=[CAS])
    assert operations(project.preview()) == dict.fromkeys(("fleet/devices.pem", "kms/one", "cas-one"), "create")

    project.configure(kmsSecret=[KMS])
    told = "device-certificates-deployment:kmsSecret is not a key of a deployment; its keys are "
    assert only_error(project.preview()).startswith(told)
    project.configure(ossTrustBundles=[{**TRUST_BUNDLE, "certificates": ["light-01"]}])
    told = "certificate light-01 of stack organization/device-certificates/test has no CA certificate: set "
    assert only_error(project.preview()).startswith(told)


def test_a_whole_fleet_is_published_and_changes_with_its_members_alone(
    make_project: MakeProject, tmp_path: Path
) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(TWO_CAS, encoding="utf-8")

    def program() -> None:
        line = MqttDeviceCertificates("line", mqtt_instance_id="post-cn-1", include_chain=True)
        export_certificates({"line": line, "cas": MqttCaCertificates("cas", mqtt_instance_id="post-cn-1")})

    producer = produced(make_project, program, **{"device-certificates:emulatorScenario": str(scenario)})
    devices, one_ca = {"certificates": ["line/356217374433aa01"]}, {"certificates": ["cas/01"]}
    project = deployment(
        producer,
        ossAllowLists=[{**ALLOW_LIST, "fleets": ["line"]}, {**ALLOW_LIST, "key": "one.txt", **devices}],
        ossTrustBundles=[
            {"bucket": "fleet", "key": "devices.pem", "fleets": ["line"]},
            {"bucket": "fleet", "key": "cas.pem", "fleets": ["cas"]},
        ],
        slbCaCertificates=[{"name": "devices", **one_ca}],
    )
    published = {f"fleet/{key}" for key in ("allowed.txt", "one.txt", "devices.pem", "cas.pem")} | {"devices"}
    assert operations(project.preview()) == dict.fromkeys(published, "create")
    updated(project)
    assert operations(project.preview()) == {}
    given, first = certificates(producer), inputs(project)
    lines = {name: f"{each['sha256_fingerprint']}\n" for name, each in given.items()}
    of_line = [lines[f"line/356217374433aa0{number}"] for number in (1, 2)]
    assert first["fleet/allowed.txt"]["content"] == "".join(sorted(of_line))
    assert first["fleet/one.txt"]["content"] == of_line[0]
    cas = [given[f"cas/0{number}"]["certificate_pem"] for number in (1, 2)]
    assert first["fleet/devices.pem"]["content"] == "".join(sorted(cas))
    assert first["fleet/cas.pem"]["content"] == "".join(sorted(cas))
    assert first["devices"]["caCertificate"] == cas[0]

    emulator(producer, "rotate", "gateway-02")
    updated(producer)
    assert operations(updated(project)) == {"fleet/allowed.txt": "update"}

    project.configure(ossAllowLists=[{**ALLOW_LIST, "fleets": ["lien"]}])
    told = "stack organization/device-certificates/test has no fleet named 'lien'; available: cas, line"
    assert only_error(project.preview()) == told
    project.configure(slbCaCertificates=[{"name": "devices", "fleets": ["line"]}])
    assert "devices has 2 CAs, but an upload takes one" in only_error(project.preview())


def test_a_fleet_that_keeps_its_summary_alone_is_never_missing_from_an_allow_list(make_project: MakeProject) -> None:
    def program() -> None:
        brief = MqttDeviceCertificates("line", fields="summary", **INSTANCE)
        export_certificates({"line": brief, "light-01": light("light-01")})

    producer = produced(make_project, program)
    project = deployment(producer)
    told = (
        "stack organization/device-certificates/test keeps only the summary of fleet 'line', and no certificate of it"
    )
    for entry in (ALLOW_LIST, {**ALLOW_LIST, "fleets": ["line"]}):
        project.configure(ossAllowLists=[entry])
        assert only_error(project.preview()).startswith(told)
    project.configure(ossAllowLists=[{**ALLOW_LIST, "certificates": ["light-01"]}])
    assert operations(project.preview()) == {"fleet/allowed.txt": "create"}


def test_a_key_that_is_too_long_for_its_service_ends_the_preview(make_project: MakeProject) -> None:
    workshop, key = Workshop(), rsa.generate_private_key(65537, 6144)

    def program() -> None:
        # As a fleet with such a key is exported.
        pem = workshop.pem(workshop.certificate(key=key))
        member = {"certificate_pem": pem, "sha256_fingerprint": "0" * 64, "status": "generated"}
        pulumi.export("schema_version", 1)
        pulumi.export("certificates", {"lights/light-01": member})
        pulumi.export("private_keys", pulumi.Output.secret({"lights/light-01": workshop.pkcs8(key)}))

    producer = make_project(program, name="device-certificates")
    updated(producer)
    project = deployment(producer, oosSecretParameters=[{"name": "light", "certificate": "lights/light-01"}])
    run = project.preview()
    length = len(workshop.pkcs8(key))
    told = f"oosSecretParameters: light: the private key is {length:,} characters long as PEM; OOS allows 4,096"
    assert only_error(run) == told
    assert "PRIVATE KEY" not in run.text
    project.configure(kmsSecrets=[{"name": "light", "certificate": "lights/light-01"}])
    assert operations(project.preview()) == {"light": "create"}


def test_the_sdk_is_no_part_of_the_environment_that_reads_certificates() -> None:
    # Were it there, each preview of each stack would try to download its plugin.
    ended = subprocess.run([sys.executable, "-c", "import pulumi_alicloud"], capture_output=True, check=False)
    assert b"ModuleNotFoundError" in ended.stderr
    assert (CHECKOUT / ".alicloud" / "pulumi_alicloud").is_dir()
