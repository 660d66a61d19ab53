"""Two eras side by side: what the same arrangement does on the money, bodies and budgets of two years, and what changed."""
