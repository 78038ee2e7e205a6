"""
What metaconnect costs, as ratios to a floor or a peer in one and the same run.

    python -m tests.benchmarks [NAME ...] [--turns N]

Not a test: a busy machine must not fail anybody's build. Compare ratios, never
seconds of two runs.
"""
