"""The details of a certificate: findings, old against new, fields, the PEM to copy."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.reading import open_details, sort_by
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.gate.report import Evaluation
from alicloud_device_certificates.gate.rules.kinds import FindingKind

SAMPLE = {evaluation.observed.name: evaluation for evaluation in sample_report().certificates}


def test_all_that_is_known_is_shown(page: Page) -> None:
    for name, evaluation in SAMPLE.items():
        details = open_details(page, name)
        text = details.text_content() or ""
        assert [each for each in known(evaluation) if each not in text] == [], name
        details.get_by_role("button", name="Close").click()


def known(evaluation: Evaluation) -> list[str]:
    """Every text that is known of a certificate."""
    texts = [evaluation.observed.urn, evaluation.observed.id or ""]
    for finding in evaluation.findings:
        about = finding.kind.about
        texts += [finding.kind.value, finding.severity, finding.message, about.meaning, about.advice]
    for field, value in evaluation.certificate.items():
        shown = str(value).lower() if isinstance(value, bool) else value
        texts += [field, *(shown if isinstance(shown, list) else [str(shown)])]
    for warned in evaluation.observed.warnings:
        texts += [warned.code, warned.message]
    return texts + ([evaluation.observed.failure.message] if evaluation.observed.failure else [])


@pytest.mark.parametrize("name", ["gateway-02", "meter-03", "pump-04", "light-05"])
def test_what_a_finding_tells_is_not_told_again(page: Page, name: str) -> None:
    observed = SAMPLE[name].observed
    messages = [warned.message for warned in observed.warnings]
    (message,) = [*messages, observed.failure.message] if observed.failure else messages
    assert (open_details(page, name).text_content() or "").count(message) == 1


def test_a_warning_that_no_finding_tells_is_told(page: Page) -> None:
    details = open_details(page, "light-13")
    expect(details.get_by_text("IoT Platform is still generating it (pending)")).to_be_visible()


def test_what_the_fields_mean_is_told_to_the_keyboard_and_to_a_finger_too(page: Page) -> None:
    open_details(page, "gateway-20")
    details = page.get_by_role("dialog")
    meaning = details.get_by_text("the X.509 serial number, decimal")
    expect(meaning).to_be_hidden()
    explain = details.get_by_role("button", name="Explain the fields")
    expect(explain).to_have_attribute("aria-pressed", "false")
    explain.press("Enter")
    expect(meaning).to_be_visible()
    expect(explain).to_have_attribute("aria-pressed", "true")
    for field in FIELDS:
        if field.name in SAMPLE["gateway-20"].certificate and field.unit != "PEM":
            expect(
                details.get_by_role("term").filter(has_text=field.name).filter(has_text=field.meaning)
            ).to_be_visible()
    # Until one has read enough of them.
    details.get_by_role("button", name="Next").click()
    expect(meaning).to_be_visible()
    explain.click()
    expect(meaning).to_be_hidden()


def test_old_stands_against_new_for_each_field_that_changed(page: Page) -> None:
    details = open_details(page, "valve-09")
    changes = details.get_by_role("table", name="Each field that changed")
    assert changes.get_by_role("columnheader").all_inner_texts() == ["Field", "At the last update", "Now"]
    old, new = SAMPLE["valve-09"].observed.old, SAMPLE["valve-09"].observed.new
    assert old is not None
    assert new is not None
    rows = changes.locator("tbody tr")
    assert rows.locator("th").all_inner_texts() == [change.field for change in SAMPLE["valve-09"].changes]
    serial = rows.filter(has=page.get_by_role("rowheader", name="serial_number", exact=True))
    assert serial.locator("td").all_inner_texts() == [old["serial_number"], new["serial_number"]]
    pem = rows.filter(has=page.get_by_role("rowheader", name="certificate_pem"))
    pem.get_by_text("PEM").first.click()
    expect(pem.locator("td").first).to_contain_text(old["certificate_pem"])


def test_where_nothing_changed_nothing_is_compared(page: Page) -> None:
    expect(open_details(page, "gateway-20").get_by_role("heading", name="What changed")).to_have_count(0)


def test_what_is_only_known_from_before_says_so(page: Page) -> None:
    expect(open_details(page, "light-05").get_by_role("heading", name="Fields at the last update")).to_be_visible()


def test_the_pem_is_copied_as_it_is(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    details = open_details(page, "valve-09")
    details.get_by_role("button", name="Copy certificate_pem").click()
    expect(details.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == SAMPLE["valve-09"].certificate["certificate_pem"]


def test_without_a_clipboard_the_pem_is_selected(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    details = open_details(page, "valve-09")
    details.get_by_role("button", name="Copy certificate_pem").click()
    expect(details.get_by_text("Selected. Press")).to_be_visible()
    assert (
        page.evaluate("getSelection().toString()").strip() == SAMPLE["valve-09"].certificate["certificate_pem"].strip()
    )


def test_a_chain_has_its_own_pem(page: Page) -> None:
    expect(open_details(page, "pump-06").get_by_role("button", name="Copy ca_certificate_pem")).to_be_visible()


def test_it_opens_and_closes_from_the_keyboard_and_gives_the_focus_back(page: Page) -> None:
    opener = page.get_by_role("table", name="Certificates", exact=True).get_by_role("button", name="camera-14")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="camera-14")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_next_and_previous_go_through_what_is_shown(page: Page) -> None:
    sort_by(page, "Certificate")
    details = open_details(page, "camera-14")
    expect(details.get_by_role("button", name="Previous")).to_be_disabled()
    details.get_by_role("button", name="Next").click()
    expect(page.get_by_role("dialog", name="device-ca")).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="gateway-01")).to_be_visible()


def test_a_link_leads_to_one_certificate(open_page: OpenPage) -> None:
    urn = SAMPLE["gateway-08"].observed.urn
    page = open_page(fragment=f"#certificate={quote(urn)}")
    details = page.get_by_role("dialog", name="gateway-08")
    expect(details).to_be_visible()
    details.get_by_role("button", name="Close").click()
    assert "#" not in page.url
    open_details(page, "valve-09")
    assert quote("valve-09") in page.url


def test_every_kind_but_one_is_in_the_sample() -> None:
    assert {finding.kind for evaluation in SAMPLE.values() for finding in evaluation.findings} == set(FindingKind) - {
        FindingKind.QUERY_FAILED
    }
