"""Old and new: what a harness no longer fits, and what a new program does differently."""
