"""One signed attempt over HTTP, and what came back."""
