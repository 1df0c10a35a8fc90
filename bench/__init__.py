"""Measurements that anybody can repeat, each beside a named peer in the same run: `make bench`."""
