"""How far the model reproduces published facts, and which way every lever pushes: what ``totalplace validate`` runs."""
