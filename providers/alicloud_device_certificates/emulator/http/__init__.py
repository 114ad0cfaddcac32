"""The emulator as an ASGI application and as a server."""
