"""Alibaba Cloud, as far as device certificates need it: settings in, typed answers or typed errors out.

Nothing here knows Pulumi or X.509. Importing this package alone loads nothing: `errors` and `operation` are light,
`client` brings in httpx, and the vendor's credentials library is loaded only where no static keys are configured.
"""
