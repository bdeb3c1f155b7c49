"""Judge machine-learning claims: who is right, and how sure are we?"""

__version__ = "0.2.0"
