"""Attacks on the product, which `make audit` runs: few of each on every change, all of them at night."""
