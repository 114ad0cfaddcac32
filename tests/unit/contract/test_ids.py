from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.contract.ids import CertificateId, parse_id

parts = st.text(min_size=1).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))


@given(parts, parts, parts, parts)
def test_an_mqtt_id_reads_back_as_what_it_was_made_of(region: str, instance: str, ca_sn: str, device_sn: str) -> None:
    identity = CertificateId.of("mqtt", region=region, mqtt_instance_id=instance, ca_sn=ca_sn, device_sn=device_sn)
    assert parse_id(str(identity)) == identity
    assert (
        parse_id(str(identity.issuer()))
        == identity.issuer()
        == CertificateId.of("mqtt-ca", region=region, mqtt_instance_id=instance, ca_sn=ca_sn)
    )


@given(parts, st.none() | parts, parts, parts)
def test_an_iot_id_reads_back_as_what_it_was_made_of(
    region: str, instance: str | None, product_key: str, device_name: str
) -> None:
    identity = CertificateId.of(
        "iot", region=region, iot_instance_id=instance, product_key=product_key, device_name=device_name
    )
    assert parse_id(str(identity)) == identity


def test_ids_are_the_documented_ones() -> None:
    mqtt = CertificateId.of("mqtt", region="cn-hangzhou", mqtt_instance_id="post-1", ca_sn="00 f2", device_sn="35/62")
    assert str(mqtt) == "mqtt/cn-hangzhou/post-1/00%20f2/35%2F62"
    iot = CertificateId.of("iot", region="cn-shanghai", iot_instance_id=None, product_key="a1B", device_name="light")
    assert str(iot) == "iot/cn-shanghai/-/a1B/light"


def test_an_instance_that_is_called_a_dash_is_not_the_public_one() -> None:
    identity = CertificateId.of("iot", region="cn-shanghai", iot_instance_id="-", product_key="a", device_name="b")
    assert str(identity) == "iot/cn-shanghai/%2D/a/b"
    assert parse_id(str(identity)) == identity


@pytest.mark.parametrize("text", ["", "mqtt", "mqtt/a/b/c", "mqtt/a//c/d", "kafka/a/b/c/d", "mqtt/a/b/c/d/e"])
def test_an_invalid_id_is_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="is not the ID of a device certificate") as raised:
        parse_id(text)
    assert "\n" not in str(raised.value)
