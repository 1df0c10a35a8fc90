"""How a job gets its turn and its clip: order, lanes, leases, restarts, pauses."""
