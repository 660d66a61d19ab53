"""The web app on the Mesa model: ``totalplace browser`` starts it."""
