"""The composition root: the only package that wires ports to adapters."""
