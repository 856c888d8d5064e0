"""Answers of the engines that keep an index, also while it is damaged or being changed."""
