"""One signed attempt over HTTP, and the response."""
