"""A page in the bot's own process: the same service and the same cards as in the chats."""
