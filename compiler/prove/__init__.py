"""Prove a harness: run it on recorded runs and say what it did.

``replay`` runs it on the runs it came from, ``leave_one_out`` on runs that it was not compiled from. In both
the recorded results are the tools (``cassette``) and the recorded arguments are the model (``oracle``).
"""
