"""Run harnesses in production: batches, durable runs, and what stands between a harness and the world.

The seam is ``call(name, arguments)`` and ``model.answer(ask)``: what is here wraps these two, so that a
harness stays plain Python. What is heavy is imported where it is first used.
"""
