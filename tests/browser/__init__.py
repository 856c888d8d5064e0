"""The main ways through the product, in a real browser."""
