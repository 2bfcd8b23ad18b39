"""Environment against environment: tokens substituted, rules held against differences, findings made. Pure.

Belongs here: what a rule means, which difference it covers, what is left over. Never here: how sides are rendered, who asks, and
how findings are printed.
"""
