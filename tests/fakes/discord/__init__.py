"""Discord on loopback: a gateway and the REST routes that the bot uses, for the real library."""
