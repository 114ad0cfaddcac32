"""The regions of Alibaba Cloud, to find a misspelt one before its host name is looked up in vain."""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.contract.names import nearest

REGIONS: Final = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ap-southeast-8",
        "cn-beijing",
        "cn-beijing-finance-1",
        "cn-chengdu",
        "cn-fuzhou",
        "cn-guangzhou",
        "cn-hangzhou",
        "cn-hangzhou-acdr-ut-3",
        "cn-hangzhou-finance",
        "cn-heyuan",
        "cn-heyuan-acdr-1",
        "cn-hongkong",
        "cn-huhehaote",
        "cn-nanjing",
        "cn-north-2-gov-1",
        "cn-qingdao",
        "cn-shanghai",
        "cn-shanghai-finance-1",
        "cn-shenzhen",
        "cn-shenzhen-finance-1",
        "cn-wuhan-lr",
        "cn-wulanchabu",
        "cn-zhangjiakou",
        "cn-zhengzhou-jva",
        "cn-zhongwei",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "me-central-1",
        "me-east-1",
        "na-south-1",
        "rus-west-1",
        "us-east-1",
        "us-southeast-1",
        "us-west-1",
    }
)
"""The region IDs in use, as of 2026-11. A newer one works with its endpoint in ``alicloud:endpoints``."""


def unknown_region(region: str) -> str | None:
    """Return what is wrong with a region that is not known, with the nearest one that is; None if it is known."""
    if region in REGIONS:
        return None
    near = nearest(region, sorted(REGIONS), cutoff=0.5)
    hint = f"; did you mean {near}?" if near else "."
    return f"{region!r} is not a known region{hint} A newer one needs its endpoint in alicloud:endpoints"
