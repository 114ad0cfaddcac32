"""What the gate takes from the engine's events, which are here as the engine writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi.automation.events import EngineEvent

from alicloud_device_certificates.contract.read_failure import DECLARED, cause_of, repeated
from alicloud_device_certificates.gate.collect.events import PreviewResult, preview_result

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
STACK = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev"
TOKEN = "pulumi-python:dynamic/alicloud:MqttDeviceCertificate"
GATEWAY = f"urn:pulumi:dev::fleet::{TOKEN}::gateway"
ID = "mqtt/cn-hangzhou/post-cn-1/00f2/01"
CERTIFICATE = {"serial_number": "1", "status": "active"}


def state(outputs: dict[str, Any] | None, *, urn: str = GATEWAY, type_: str = TOKEN, id_: str = ID) -> dict[str, Any]:
    return {"type": type_, "urn": urn, "id": id_, "parent": STACK, "provider": "", "inputs": {}, "outputs": outputs}


def step(
    kind: str,
    op: str = "read",
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    urn: str = GATEWAY,
    type_: str = TOKEN,
) -> dict[str, Any]:
    return {kind: {"metadata": {"op": op, "urn": urn, "type": type_, "old": old, "new": new, "provider": ""}}}


def begun(**parts: Any) -> dict[str, Any]:
    return step("resourcePreEvent", **parts)


def ended(op: str = "read", **parts: Any) -> dict[str, Any]:
    return step("resOutputsEvent", op, **parts)


def error(message: str, urn: str = "") -> dict[str, Any]:
    return {"diagnosticEvent": {"message": message, "color": "never", "severity": "error", "urn": urn}}


def seen(*events: dict[str, Any]) -> PreviewResult:
    return preview_result(
        EngineEvent.from_json({"sequence": n, "timestamp": 0, **each}) for n, each in enumerate(events)
    )


def test_a_read_gives_the_certificate_before_and_now() -> None:
    old, new = state({"certificate": CERTIFICATE}), state({"certificate": {**CERTIFICATE, "status": "inactive"}})
    (observed,) = seen(begun(old=old), ended(old=old, new=new)).certificates
    assert (observed.urn, observed.name, observed.service, observed.id) == (GATEWAY, "gateway", "mqtt", ID)
    assert observed.state == "read"
    assert observed.old == CERTIFICATE
    assert observed.new == {**CERTIFICATE, "status": "inactive"}


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ({"message": "the certificate expires\nsoon"}, "the certificate expires soon"),
        ({"message": "-----BEGIN PRIVATE KEY-----"}, None),
        ({"message": 1}, None),
        ("message", None),
        (None, None),
    ],
)
def test_a_condition_that_fails_is_taken_as_one_line_of_text(output: Any, shown: str | None) -> None:
    new = state({"certificate": CERTIFICATE, "failed_postconditions": output})
    (observed,) = seen(ended(new=new)).certificates
    assert (observed.state, observed.new, observed.failed_postcondition) == ("read", CERTIFICATE, shown)


def test_of_a_read_that_is_for_another_certificate_now_the_ids_differ() -> None:
    old, new = state({"certificate": CERTIFICATE}), state({"certificate": {"serial_number": "2"}}, id_=ID + "2")
    found = seen(ended(old=old, new=new), ended("discard-replaced", old=old)).certificates
    assert [(each.state, each.old_id, each.id, each.old, each.new) for each in found] == [
        ("read", ID, ID + "2", CERTIFICATE, {"serial_number": "2"})
    ]


def test_what_was_before_a_refresh_is_the_old_one() -> None:
    old, new = state({"certificate": CERTIFICATE}), state({"certificate": {"serial_number": "2"}})
    events = [begun(op="refresh", old=old), ended("refresh", old=old, new=new), begun(old=new), ended(old=new, new=new)]
    (observed,) = seen(*events).certificates
    assert (observed.state, observed.old, observed.new) == ("read", CERTIFICATE, {"serial_number": "2"})


def test_a_refresh_that_ended_the_preview_is_a_read_that_did() -> None:
    failed = seen(begun(op="refresh", old=state({"certificate": CERTIFICATE})), error("x", GATEWAY))
    assert [each.state for each in failed.certificates] == ["failed"]
    assert failed.problems == ("gateway: failed; see the engine's output",)


def test_names_may_hold_colons() -> None:
    urn = f"urn:pulumi:dev::fleet::{TOKEN}::group::gateway"
    (observed,) = seen(ended(urn=urn, new=state({"certificate": CERTIFICATE}, urn=urn))).certificates
    assert observed.name == "group::gateway"


def test_that_the_emulator_answers_is_in_the_config() -> None:
    prelude = {"preludeEvent": {"config": {"device-certificates:emulator": "true"}}}
    assert seen(prelude).is_emulated
    assert not seen({"preludeEvent": {"config": {}}}).is_emulated


def test_only_the_data_sources_of_this_project_are_looked_at() -> None:
    other = "pulumi-python:dynamic:Resource"
    events = [
        ended(urn=f"urn:pulumi:dev::fleet::{other}::x", type_=other, new=state({"certificate": CERTIFICATE})),
        ended("create", new=state({"certificate": CERTIFICATE})),
        ended("same", new=state({"certificate": CERTIFICATE})),
    ]
    assert seen(*events).certificates == ()


def test_nothing_comes_along_but_known_fields() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"
    outputs = {
        "certificate": {**CERTIFICATE, "certificate_pem": pem + key, "private_key_pem": key, "note": "hunter2"},
        "warnings": [{"code": "inactive", "message": "it is", "note": "hunter2"}],
        "private_key_pem": key,
        "access_key": "hunter2",
    }
    (observed,) = seen(ended(old=state(outputs), new=state(outputs))).certificates
    assert "hunter2" not in repr(observed)
    assert observed.new == {**CERTIFICATE, "certificate_pem": pem}


def test_a_failure_that_was_tolerated_is_told_by_category_and_code() -> None:
    shown = {"category": "missing", "code": "FindDeviceBySnError", "message": "GetDeviceCertificate (...): no such"}
    found = seen(begun(), ended(new=state({"read_failure": shown})), error("GetDeviceCertificate (...)", GATEWAY))
    (observed,) = found.certificates
    assert (observed.state, observed.new) == ("failed", None)
    assert observed.failure is not None
    assert (observed.failure.category, observed.failure.code) == ("missing", "FindDeviceBySnError")
    assert found.problems == ()


def test_a_read_that_ended_the_preview_is_a_problem_in_the_words_of_the_provider() -> None:
    line = "GetDeviceCertificate (region cn-hangzhou): ServiceUnavailable: down (3 attempts). Try again later."
    found = seen(
        begun(),
        begun(urn=GATEWAY + "2"),
        error(f"Preview failed: alicloud_device_certificates.ReadError: {line}\n", GATEWAY),
        error("an unhandled error occurred: program exited with non-zero exit code: 1"),
    )
    assert found.problems == (f"gateway: {line}",)
    requested, given_up = found.certificates
    assert requested.failure is not None
    assert (requested.failure.category, requested.failure.message) == ("query_failed", line)
    assert given_up.failure is not None
    assert given_up.failure.message == "the engine cancelled the read"


def test_a_fault_of_the_whole_account_is_one_problem_with_the_number_that_it_concerns() -> None:
    full = (
        "GetDeviceCertificate (region cn-hangzhou, instance post-cn-1, CA 00f2, device 0%d): "
        "InvalidAccessKeyId.NotFound: the key does not exist (HTTP 404, request ID 7%d, 2 attempts). "
        "Check alicloud:accessKey."
    )
    cause = "InvalidAccessKeyId.NotFound: the key does not exist. Check alicloud:accessKey."
    urns = [f"urn:pulumi:dev::fleet::{TOKEN}::d{number}" for number in range(6)]
    started = [begun(urn=urn, new=state(None, urn=urn)) for urn in urns[:5]]
    told = [full % (0, 0), full % (1, 1), *[repeated(full % (0, 0))] * 3]
    failed = [
        error(f"Preview failed: alicloud_device_certificates.ReadError: {text}", urn)
        for text, urn in zip(reversed(told), urns, strict=False)
    ]
    declared = [
        {"diagnosticEvent": {"message": f"{DECLARED}d{number}", "color": "never", "severity": "debug", "urn": ""}}
        for number in range(25)
    ]
    assert seen(*declared, *started, *failed).problems == (
        f"5 certificates (d0, d1, d2, ...): {cause}",
        "20 more certificates not read: the preview had ended",
    )
    assert seen(*declared, *started).problems == (), "nothing has failed"


def test_other_errors_are_left_to_the_engines_own_output_as_they_might_hold_anything() -> None:
    bucket = "urn:pulumi:dev::fleet::alicloud:oss/bucket:Bucket::logs"
    found = seen(
        error("password hunter2 is wrong", bucket), error("Traceback: hunter2", STACK), begun(), error("x", GATEWAY)
    )
    assert found.problems == (
        "logs: failed; see the engine's output",
        "gateway: failed; see the engine's output",
    )
    assert seen(error("Traceback: hunter2", STACK)).problems == ("the program failed; see the engine's output",)


def test_an_id_that_is_not_known_is_a_read_that_is_still_to_come() -> None:
    old = state({"certificate": CERTIFICATE})
    found = seen(begun(old=old), ended(old=old, new=state({}, id_=UNKNOWN))).certificates
    assert [(each.state, each.id, each.old, each.new) for each in found] == [
        ("known_after_update", None, CERTIFICATE, None)
    ]


def test_an_empty_id_is_a_read_that_is_still_to_come() -> None:
    old = state({"certificate": CERTIFICATE})
    found = seen(begun(old=old), ended(old=old, new=state(None, id_=""))).certificates
    assert [(each.state, each.id, each.old, each.new) for each in found] == [
        ("known_after_update", None, CERTIFICATE, None)
    ]


def test_what_the_engine_adds_to_every_error_is_no_problem_of_its_own() -> None:
    line = "GetDeviceCertificate (region cn-hangzhou): ServiceUnavailable: down (3 attempts). Try again later."
    found = seen(
        begun(),
        error("Resource monitor has terminated, shutting down", STACK),
        error(f"Preview failed: alicloud_device_certificates.ReadError: {line}\n", GATEWAY),
        error("<{%reset%}>preview failed<{%reset%}>\n", STACK),
    )
    assert found.problems == (f"gateway: {line}",)
    assert seen(error("preview failed"), error("Resource monitor has terminated, shutting down")).problems == ()


@pytest.mark.parametrize(
    "piece", ["<{%", "<{%%}>", " ", "preview failed", "<{%reset%}> ", " (request ID ", "(1 attempts "]
)
def test_an_error_of_any_size_is_examined_once(piece: str) -> None:
    # One that takes more than linear time would not end.
    long = piece * 100_000
    assert seen(error(f"<{{%reset%}}>{long}", STACK)).problems == ("the program failed; see the engine's output",)
    (problem,) = seen(begun(), error(f"alicloud_device_certificates.ReadError: x{long}", GATEWAY)).problems
    assert len(problem) <= 5100
    assert cause_of(f"f (region x): a{long}").startswith("a")


def renamed_to(name: str, outputs: dict[str, Any], *, parent: str = "", id_: str = ID) -> dict[str, Any]:
    urn = f"urn:pulumi:dev::fleet::{parent}{TOKEN}::{name}"
    return ended(urn=urn, new=state(outputs, urn=urn, id_=id_))


def test_a_certificate_is_followed_by_its_id_whatever_its_resource_is_called() -> None:
    discarded = ended("discard", old=state({"certificate": CERTIFICATE}))
    for new in (
        renamed_to("other", {"certificate": {"serial_number": "2"}}),
        renamed_to("gateway", {}, parent="my:x$"),
    ):
        for events in ([discarded, new], [new, discarded]):
            (observed,) = seen(*events).certificates
            assert (observed.urn, observed.old, observed.old_id) == (
                new["resOutputsEvent"]["metadata"]["urn"],
                CERTIFICATE,
                ID,
            )
            assert not observed.is_new


def test_another_certificate_under_another_name_is_new_and_the_first_one_is_gone() -> None:
    discarded = ended("discard", old=state({"certificate": CERTIFICATE}))
    found = seen(discarded, renamed_to("other", {"certificate": CERTIFICATE}, id_=ID + "2")).certificates
    assert [(each.name, each.state, each.is_new) for each in found] == [
        ("gateway", "gone", False),
        ("other", "read", True),
    ]


def test_certificates_that_swap_their_names_keep_their_histories() -> None:
    one, two = {"serial_number": "1"}, {"serial_number": "2"}

    def now(name: str, *, had: dict[str, str], had_id: str, has: dict[str, str], id_: str) -> dict[str, Any]:
        urn = f"urn:pulumi:dev::fleet::{TOKEN}::{name}"
        old = state({"certificate": had}, urn=urn, id_=had_id)
        return ended(urn=urn, old=old, new=state({"certificate": has}, urn=urn, id_=id_))

    swapped = [
        now("a", had=one, had_id=ID, has=two, id_=ID + "2"),
        now("b", had=two, had_id=ID + "2", has={"serial_number": "3"}, id_=ID),
    ]
    found = seen(*swapped).certificates
    assert [(each.name, each.old, each.old_id == each.id) for each in found] == [("a", two, True), ("b", one, True)]
    moved_on = [swapped[1], now("c", had={}, had_id="", has=two, id_=ID + "2")]
    histories = {
        each.name: each.old for each in seen(*moved_on, ended("discard", old=state({"certificate": one}))).certificates
    }
    assert histories == {"b": one, "c": two}


def test_a_copy_of_a_certificate_that_stays_is_new() -> None:
    kept = ended(old=state({"certificate": CERTIFICATE}), new=state({"certificate": CERTIFICATE}))
    found = seen(kept, renamed_to("copy", {"certificate": CERTIFICATE})).certificates
    assert [(each.name, each.is_new) for each in found] == [("gateway", False), ("copy", True)]


def test_certificates_of_one_name_are_told_apart_by_their_parents_and_service() -> None:
    found = seen(
        renamed_to("gateway", {"certificate": CERTIFICATE}),
        renamed_to("gateway", {"certificate": CERTIFICATE}, parent="my:site:Site$my:rack:Rack$"),
        renamed_to("other", {"certificate": CERTIFICATE}),
    ).certificates
    assert [each.name for each in found] == ["gateway", "gateway", "other"]
    assert [each.label for each in found] == [
        "gateway (stack, mqtt)",
        "gateway (my:site:Site$my:rack:Rack, mqtt)",
        "other",
    ]


def test_what_a_refresh_lets_go_of_is_gone_unless_the_program_reads_it() -> None:
    old = state({"certificate": CERTIFICATE})
    refreshed = [begun(op="refresh", old=old), ended("refresh", old=old)]
    (gone,) = seen(*refreshed).certificates
    assert (gone.state, gone.old, gone.new) == ("gone", CERTIFICATE, None)
    shown = {"category": "missing", "code": "FindDeviceBySnError", "message": "no such"}
    (failed,) = seen(*refreshed, begun(), ended(new=state({"read_failure": shown}))).certificates
    assert (failed.state, failed.old) == ("failed", CERTIFICATE)


def test_what_was_taken_out_of_the_program_is_gone() -> None:
    found = seen(ended("discard", old=state({"certificate": CERTIFICATE}))).certificates
    assert [(each.state, each.id, each.old, each.new) for each in found] == [("gone", ID, CERTIFICATE, None)]


def test_a_certificate_that_is_a_secret_is_hidden() -> None:
    for outputs in ({"certificate": SECRET}, {"certificate": "[secret]"}, {}):
        (observed,) = seen(ended(new=state(outputs))).certificates
        assert (observed.state, observed.new) == ("secret", None)
    hidden = state({"certificate": SECRET})
    (observed,) = seen(ended(old=hidden, new=hidden)).certificates
    assert not observed.is_new


def test_whether_the_stacks_outputs_would_change_and_what_the_engine_would_do() -> None:
    before, after = ({"value": number} for number in (1, 2))
    summary = {"summaryEvent": {"resourceChanges": {"create": 1, "same": 3}, "PolicyPacks": {}}}
    stack = "pulumi:pulumi:Stack"
    events = [
        ended("same", urn=STACK, type_=stack, old=state(before), new=state({})),
        ended("same", urn=STACK, type_=stack, old=state(before), new=state(after)),
    ]
    found = seen(*events, summary)
    assert (found.operations, found.outputs_change, found.project) == ({"create": 1, "same": 3}, True, "fleet")
    assert not seen(ended("same", urn=STACK, type_=stack, old=state(after), new=state(after))).outputs_change


def test_a_policy_that_refuses_the_preview_is_a_problem_and_one_that_advises_is_none() -> None:
    def violation(level: str) -> dict[str, Any]:
        policy = {"policyName": "no-buckets", "policyPackName": "ours", "enforcementLevel": level, "message": "hunter2"}
        return {"policyEvent": policy}

    assert seen(violation("advisory")).problems == ()
    assert seen(violation("mandatory"), violation("mandatory")).problems == (
        "the policy no-buckets of ours is violated; see the engine's output",
    )
    ended_program = error("an unhandled error occurred: program exited with non-zero exit code: 1", STACK)
    assert seen(violation("mandatory"), ended_program).problems == (
        "the policy no-buckets of ours is violated; see the engine's output",
    )


def test_events_of_other_kinds_are_passed_over() -> None:
    assert seen(json.loads('{"cancelEvent": {}}'), {"stdoutEvent": {"message": "", "color": ""}}) == PreviewResult()


def of_account(account: str | None, sn: str = "1") -> dict[str, Any]:
    found = state({"certificate": {**CERTIFICATE, "serial_number": sn}, **({"account": account} if account else {})})
    return {**found, "inputs": {"account": account} if account else {}}


def test_the_account_is_that_of_the_inputs_so_a_failed_read_has_it_too() -> None:
    old, new = of_account(None), {**of_account("b"), "outputs": {}}
    (observed,) = seen(begun(old=old, new=new)).certificates
    assert (observed.state, observed.account, observed.old_account) == ("failed", "b", None)


def test_the_same_id_in_another_account_is_another_certificate() -> None:
    moved = GATEWAY.replace("gateway", "moved")
    one, other = of_account("a"), of_account("b", sn="2")
    swapped = seen(
        ended(old=one, new=of_account("b", sn="2")),
        ended(old={**other, "urn": moved}, new={**of_account("a"), "urn": moved}, urn=moved),
    ).certificates
    # Both have the history of their account, whatever the resource was called.
    assert [(each.account, each.old_account) for each in swapped] == [("b", "b"), ("a", "a")]
    assert all(each.old == each.new for each in swapped)
    (changed,) = seen(ended(old=one, new=other)).certificates
    assert (changed.account, changed.old_account) == ("b", "a")
    assert changed.old == {"serial_number": "1", "status": "active"}
