"""docs/configuration.md: every config key and every environment variable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.credentials.lookup import LOOKUP, OIDC_OF_ENVIRONMENT
from alicloud_device_certificates.cloud.credentials.profiles import CLI_MODES, INI_TYPES
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.setting import REQUIRED, Setting, settings_of
from alicloud_device_certificates.cloud.settings.settings import TABLE
from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE, CONFIG_KEYS
from alicloud_device_certificates.gate.options import OPTIONS, GateOption
from tools.docs.environment import ENVIRONMENT
from tools.docs.pages import Render
from tools.docs.tables import table

PAGE: Final = """\
<!-- Written by `make docs`: do not edit. -->
# Configuration

A stack that already works with pulumi-alicloud needs no other configuration: the keys and environment variables for
credentials, region and endpoints are the same.

## Precedence

The first of these that has a value for a key wins:

1. Arguments of a data source, such as `region=`
2. The stack's config (`Pulumi.<stack>.yaml`)
3. Environment variables, in the order in which the tables below list them
4. For the region only: the selected profile (`alicloud:profile`)
5. The default; an empty cell means that there is none

Empty values count as absent, and whitespace around a value is ignored. `alicloud:region` does not apply to IoT
Platform, which serves certificates in one region only. With `device-certificates:emulator`, all `alicloud:` settings
except the region are ignored.

## Credentials

Credentials are looked up in this order. The first source that is configured is used, even if it fails:

{lookup}

If `alicloud:assumeRole` is set, the credentials that were found assume that role. `alicloud:accessKey` and
`alicloud:secretKey` may come from different places, but one without the other is an error.

Requests for credentials follow the rules of all other requests: proxies, certificate authorities, timeouts and retries.
The metadata service is never called through a proxy. Temporary credentials are renewed before they expire.

Roles are assumed at the first of these that is set:

1. `sts` in `alicloud:endpoints`
2. `sts_region` of the profile
3. `ALIBABA_CLOUD_STS_REGION`
4. `alicloud:region`, as with pulumi-alicloud: `sts.<region>.aliyuncs.com`
5. `sts.aliyuncs.com`

Profiles can be of these kinds:

- in the CLI's `config.json`, `mode`: {modes}
- in the SDKs' `credentials.ini`, `type`: {types}

They are only read, so a preview changes nothing in them. It does not renew an expired login (`CloudSSO`, `OAuth`)
either; the CLI does.

## Config of this package

{own}

[Data sources](data-sources/README.md) has the keys of a certificate.

### `device-certificates:accounts`

More accounts, for data sources with [`account=`](usage.md#several-accounts): an object that has each account by its
name, with these keys. They mean the same as in the namespace `alicloud`. A name has at most 128 bytes.

{accounts}

- Credentials are the account's own, and every account needs some. Nothing of `alicloud:` and no environment variable
  replaces or completes them. If an account has several, the order is that of [Credentials](#credentials).
- Without `region` or `endpoints`, an account has those of `alicloud:`, then the region of the environment, then that of
  its own profile. If an account sets one of them, it replaces the stack's as a whole.
- Everything else applies to all accounts alike: timeouts, the protocol, proxies, and the credentials file that has the
  profiles.
- Accounts share neither credentials nor connections nor quota.
- With `device-certificates:emulator`, an account is the one in the scenario that has a user with its `accessKey`. If
  the scenario has only one account, every name means that one.

### `device-certificates:gate`

The [preview gate](gate.md) takes its rules from this key, the command line and the environment. Precedence: per-name
rules (`rules`), then the command line, then the environment, then the general keys. An option without a key cannot be
set in the stack's config.

{gate}

## Config of pulumi-alicloud

All keys are in the namespace `alicloud`. Zero means "not set" for a number.

{settings}

### `alicloud:assumeRole`

An object with these keys. The environment provides what the object leaves out.

{assume_role}

### `alicloud:assumeRoleWithOidc`

An object with these keys. The environment alone can configure such a role too: it is number {oidc_environment} in the
list above.

{assume_role_with_oidc}

## Environment variables without a config key

{variables_of_settings}
{environment}"""


def configuration_page() -> str:
    """Return the page's text."""
    with_key = [setting for setting in TABLE.values() if setting.key]
    without_key = [setting for setting in TABLE.values() if not setting.key]
    return PAGE.format(
        lookup="\n".join(f"{number}. {_sentence(step.description)}" for number, step in enumerate(LOOKUP, start=1)),
        modes=_names(CLI_MODES),
        types=_names(INI_TYPES),
        oidc_environment=LOOKUP.index(OIDC_OF_ENVIRONMENT) + 1,
        own=table(
            ("key", "type", "default", "meaning"),
            ((f"`{key.full_name}`", key.type, key.default, key.meaning) for key in CONFIG_KEYS),
        ),
        accounts=table(
            ("key", "type", "default", "meaning"),
            (_account_row(setting) for setting in TABLE.values() if setting.scope != "stack"),
        ),
        gate=table(("key", "environment variable", "option", "meaning"), (*map(_gate_option, OPTIONS), _RULES)),
        settings=table(_HEAD, (_row(f"`{ALICLOUD_NAMESPACE}:{setting.key}`", setting) for setting in with_key)),
        assume_role=_section(AssumeRole),
        assume_role_with_oidc=_section(AssumeRoleWithOidc),
        variables_of_settings=table(
            ("variable", "type", "default", "meaning"),
            ((_variables(each), each.type, _default(each), each.meaning) for each in without_key),
        ),
        environment="".join(_variable_tables()),
    )


_HEAD: Final = ("key", "environment variables", "type", "unit", "default", "meaning")


def _section(described: type) -> str:
    return table(_HEAD, (_row(f"`{setting.name}`", setting) for setting in settings_of(described).values()))


def _row(key: str, setting: Setting) -> Sequence[str]:
    meaning = f"{setting.meaning} Set it with `--secret`." if setting.is_secret else setting.meaning
    if setting.secret_if:
        meaning += " Set it with `--secret` if it has a query or a user."
    return (key, _variables(setting), setting.type, setting.unit, _default(setting), meaning)


def _account_row(setting: Setting) -> Sequence[str]:
    default = f"`{ALICLOUD_NAMESPACE}:{setting.key}`" if setting.scope == "account" else ""
    *_, meaning = _row("", setting)
    return f"`{setting.key}`", setting.type, default, meaning


_RULES: Final = (
    "`rules`",
    "",
    "",
    "a list of objects: `match`, a pattern of names such as `light-*`, and any of the keys above",
)


def _gate_option(option: GateOption) -> Sequence[str]:
    key = f"`{option.config_key}`" if option.config_key else ""
    return key, f"`{option.variable}`", f"`--{option.name}`", option.help


def _variables(setting: Setting) -> str:
    return ", ".join(f"`{name}`" for name in setting.environment)


def _default(setting: Setting) -> str:
    is_literal = setting.default not in ("", REQUIRED) and " " not in setting.default
    return f"`{setting.default}`" if is_literal else setting.default


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _variable_tables() -> Iterator[str]:
    for title, variables in ENVIRONMENT.items():
        rows = table(("variable", "meaning"), ((f"`{name}`", meaning) for name, meaning in variables.items()))
        yield f"\n### {title}\n\n{rows}\n"


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "configuration.md"): lambda _: configuration_page()}
