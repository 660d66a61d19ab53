"""Which conclusions survive: both eras, over the posterior and the prior, and with the structure of the model changed."""
