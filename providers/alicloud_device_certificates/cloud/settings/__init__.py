"""Where to send calls, as whom and for how long: pulumi-alicloud's configuration and environment variables."""
