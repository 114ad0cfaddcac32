"""The environment variables that are not settings: what reads each of them, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ENVIRONMENT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Provider": {
            "DEVICE_CERTIFICATES_DEBUG": "`1` logs each attempt of a call and shows tracebacks.",
            "DEVICE_CERTIFICATES_PREVIEW_GATE": "`1` reports a failed read instead of ending the preview. The preview "
            "gate sets it; do not set it yourself.",
            "XDG_RUNTIME_DIR": "The folder in which the processes on the machine share the quota (docs/quota.md); by "
            "default, that for temporary files.",
            "CI": "Any value but `false` and `0`: a fleet does not show its progress.",
            "PULUMI_SKIP_CHECKPOINTS": "The engine's own: `true` saves the state once, at the end (docs/scale.md). "
            "The preview gate sets it for its preview.",
        },
        "Network": {
            "HTTPS_PROXY": "The proxy for HTTPS, `http://` or `https://`; SOCKS is not supported.",
            "HTTP_PROXY": "The proxy for plain HTTP.",
            "ALL_PROXY": "The proxy for HTTPS and HTTP, if theirs is not set.",
            "NO_PROXY": "Hosts, addresses and networks (`10.0.0.0/8`) that need no proxy, separated by commas.",
            "SSL_CERT_FILE": "A file of certificate authorities to trust instead of the built-in ones.",
            "SSL_CERT_DIR": "A folder of certificate authorities to trust instead of the built-in ones.",
        },
        "Audit of keys by the gate": {
            "XDG_CACHE_HOME": "The folder whose `badkeys` holds the lists of public private keys (docs/gate.md); by "
            "default, `~/.cache`.",
        },
        "Terminal output of the gate": {
            "NO_COLOR": "Any value switches colors off.",
            "TERM": "`dumb` switches colors off.",
            "COLUMNS": "The width of the table in characters if the output is not a terminal; 100 by default.",
        },
        "Comments and summaries on GitHub": {
            "GITHUB_ACTIONS": "`true` in a job of GitHub Actions.",
            "GITHUB_TOKEN": "The job's token, which must be allowed to write to the pull request.",
            "GITHUB_API_URL": "The URL of the REST API.",
            "GITHUB_GRAPHQL_URL": "The URL of the GraphQL API.",
            "GITHUB_REPOSITORY": "The repository, `OWNER/NAME`.",
            "GITHUB_EVENT_PATH": "The event that started the workflow, which names the pull request.",
            "GITHUB_REF": "The ref, which names the pull request if the event does not.",
            "GITHUB_STEP_SUMMARY": "The file to which the gate appends the report in Markdown.",
        },
        "Comments on GitLab": {
            "GITLAB_CI": "`true` in a job of GitLab CI.",
            "GITLAB_TOKEN": "A token with the scope `api` and the role Developer.",
            "CI_API_V4_URL": "The URL of the REST API.",
            "CI_MERGE_REQUEST_IID": "The number of the merge request.",
            "CI_MERGE_REQUEST_PROJECT_ID": "The ID of the merge request's project.",
            "CI_PROJECT_ID": "The ID of the job's project, used if `CI_MERGE_REQUEST_PROJECT_ID` is not set.",
        },
    }
)
"""By the part of the package that reads them: the name, and a sentence."""
