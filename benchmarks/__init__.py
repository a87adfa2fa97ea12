"""What `make bench` runs: each line of the performance goals measured against its yardstick, in one run, as a ratio.

A line is a `Line` in a module of ``benchmarks/goals``; whoever adds a module there adds its lines to the table.
"""
