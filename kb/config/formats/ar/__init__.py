"""How dates are written in Arabic."""
