"""What a person asks for, as they type it: options, presets, choices of people and places."""
