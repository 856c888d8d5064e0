"""How often somebody may do what costs something, counted for all processes together, by account and by network."""
