"""Figures on how soon walks find the problem, for catalogues and for simulated people."""
