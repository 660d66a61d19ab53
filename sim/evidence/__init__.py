"""How far the model reproduces published facts: facts, validation, calibration and structural checks."""
