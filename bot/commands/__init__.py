"""The command line: what can be typed, in groups of who types it."""
