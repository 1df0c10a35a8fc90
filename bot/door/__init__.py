"""How a picture comes in: who may send it, what has to be asked first, what it costs."""
