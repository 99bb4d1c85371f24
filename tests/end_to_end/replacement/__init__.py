"""What the review says of replacements, held against what the real provider plans.

A few deployments are applied once, side by side in one run of Terraform. Every change is then planned over a copy of
their state, in two runs: hundreds of arguments, and dozens of environment files, cost a minute.
"""
