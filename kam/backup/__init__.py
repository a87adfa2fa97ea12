"""The whole installation as one file, and back: every table, every file, and what they should add up to."""
