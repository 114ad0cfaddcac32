"""``make docs``: every table, page and source file that follows from code.

Each module of ``tools.docs.pages`` has a ``WRITES``: paths of files, each with a function from the current text to the
new one. A generated page ignores the current text; a hand-written one has generated blocks (``blocks.py``).
"""
