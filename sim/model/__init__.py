"""The model: the world of a place, its first state, the order of a quarter, the ledger and metrics, and the compiled way in."""
