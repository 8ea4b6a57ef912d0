"""The demonstration area: the made-up county of Severnshire, its organisations and two years of their work.

Who there is stands in ``cast.yaml``, what they say in ``answers/``, what shows it in ``evidence/``. The code plays it
back by calling the actions that people call, as those people, at times in the past: every rule and every entry of the
log is real, and no row is written here. ``seeding`` puts it together.
"""
