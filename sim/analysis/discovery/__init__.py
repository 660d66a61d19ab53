"""Where in the space of the factors something happens."""
