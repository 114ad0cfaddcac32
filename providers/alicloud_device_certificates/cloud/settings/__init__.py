"""Where to send requests, as whom and for how long: pulumi-alicloud's configuration and environment variables.

The table of all settings is the fields of ``settings.Settings``, ``roles.AssumeRole`` and ``roles.AssumeRoleWithOidc``.
"""
