"""How dates are written in German."""
