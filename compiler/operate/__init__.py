"""Running harnesses in production: what is wrapped around the calls and the questions of a run."""
