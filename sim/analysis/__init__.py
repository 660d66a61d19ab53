"""From runs to answers: one folder a subject, with its computing, words and figure side by side."""
