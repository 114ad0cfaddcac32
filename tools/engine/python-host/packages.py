"""Print the plugins that the installed distributions need, as a JSON list of ``name``, ``version`` and ``server``.

A distribution is the SDK of a plugin if it has a pulumi-plugin.json, or if its name begins with ``pulumi-``.
"""

import importlib.metadata
import json

WITHOUT_PLUGIN = {"pulumi-policy", "pulumi-esc-sdk"}

found = {}
for distribution in importlib.metadata.distributions():
    name = distribution.name.lower().replace("_", "-").replace(".", "-")
    manifests = [file for file in distribution.files or () if file.name == "pulumi-plugin.json"]
    if name in WITHOUT_PLUGIN or not (manifests or name.startswith("pulumi-")):
        continue
    manifest = json.loads(manifests[0].read_text()) if manifests else {}
    if manifest.get("resource", not manifests):
        version = (manifest.get("version") or distribution.version).removeprefix("v")
        found[name] = {
            "name": manifest.get("name") or name.removeprefix("pulumi-"),
            "version": f"v{version}",
            "server": manifest.get("server", ""),
        }
print(json.dumps(list(found.values())))
