"""What runs in the child process. Nothing here knows Django, the database or a secret."""
