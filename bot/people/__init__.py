"""What is kept of people: history, usage, export, and how all of it goes again."""
