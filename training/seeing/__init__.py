"""What pages show of who is asked for what and how they stand: figures, lists, the matrix, one person.

All of it is read from ``Assignment.objects.visible_to(…).asked(day, …)``, so that a figure and the list behind it are
the same rows, today and on any day before.
"""
