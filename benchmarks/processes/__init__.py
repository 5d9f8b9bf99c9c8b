"""Random block-structured workloads with data flow, whose truth is known, and what mining makes of them."""
