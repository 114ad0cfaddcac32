"""What a checkout needs around the package: the engine, the demo, and long commands that show that they are alive."""
