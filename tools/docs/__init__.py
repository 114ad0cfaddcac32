"""`make docs`: every table, page and source file that follows from code.

Each module of ``tools.docs.pages`` has a ``WRITES``: the path of a file, and the function that makes its text from its
text of today. A page that is all made ignores the latter; one written by hand has made blocks in it (blocks.py).
"""
