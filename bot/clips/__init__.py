"""What people do with clips: who may do what and when, sharing, reports and decisions."""
