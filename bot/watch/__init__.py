"""What whoever runs the machine looks at: what waits, who works, what went wrong."""
