"""Requests over HTTP: signed, sent over connections that serve one request at a time, and read within limits."""
