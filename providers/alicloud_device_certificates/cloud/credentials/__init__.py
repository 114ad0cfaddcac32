"""Where credentials come from: the settings, profiles, STS, a URI, a command, or the metadata service."""
