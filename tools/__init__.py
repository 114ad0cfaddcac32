"""The checkout's tools: the engine, the demo, the docs, the test runner and the release."""
