"""Alibaba Cloud, as far as device certificates need it: settings in, typed responses or typed errors out.

Nothing here knows Pulumi or X.509. Importing this package alone loads nothing: ``errors`` and ``operation`` are light,
``client`` imports httpx, and what looks up credentials is imported only if no static keys are configured.
"""
