"""The history of the database, run by `adapters.db.migrate`.

A revision is a file `versions/NNNN_what_it_does.py` whose revision id is its number.
"""
