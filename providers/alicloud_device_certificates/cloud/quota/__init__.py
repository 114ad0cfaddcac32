"""The quota: how many calls per second an account may make to a service, shared by all processes that use it.

``limiter`` is what the client awaits before each request. It combines a ``window`` (how many requests were sent in the
last second), an ``adaptive`` rate (what the service accepts if somebody else uses the account too) and a ``store``
(what other processes have sent). The window and the rate are pure: they have no clock of their own.
"""
