"""The engine's side of an attempt: a program of its own, run in the engine's environment.

Imports the standard library, numpy, MegEngine and itself only (Python 3.10). ``__main__.py`` says how it is started and what it hears and says;
``kinds.py`` lists the kinds of jobs, each of which has a module of its own.
"""
