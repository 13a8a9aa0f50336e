"""Set hypothesis up for machines that do other work too: no deadline on one example, since wall time is not a law."""

from hypothesis import settings

settings.register_profile("laws", deadline=None, print_blob=True)
settings.load_profile("laws")
