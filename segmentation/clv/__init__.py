"""Customer lifetime value: how often an account will order again, for how much, and whether it will at all.

Pure calculation: `histories` says how accounts ordered, `bgnbd` and `pareto_nbd` model when they order, `gamma_gamma`
for how much; `holdout` tells which of the two models foresaw the past better, `prediction` what they say of the future.
"""
