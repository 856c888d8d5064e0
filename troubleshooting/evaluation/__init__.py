"""How good guides and walks are: figures for walks of catalogues and of simulated people, lint, and tests of walks."""
