"""The web server of the app: who may reach it, its messages, sessions, fair turns and log."""
