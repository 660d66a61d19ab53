"""The pages of the app, one module each; ``Page`` is the component that the app routes to."""
