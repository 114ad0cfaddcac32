"""One comment on a pull or merge request, found again and updated in place."""
