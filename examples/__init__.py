"""The sample sketch and the program that draws it."""
