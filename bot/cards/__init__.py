"""What people see of a job: its one card, from the first place in the queue to the clip."""
