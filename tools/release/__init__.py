"""``make release``: reproducible distributions of the current commit, checked and tried out."""
