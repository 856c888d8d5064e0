"""The mathematics of walks: beliefs, the next question, when to stop, and what outcomes teach; pure Python."""
