"""How fast it is: ``python -m benchmarks`` measures and prints one JSON object a line."""
