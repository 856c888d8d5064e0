"""What came of walks: recorded, reported, and learned from."""
