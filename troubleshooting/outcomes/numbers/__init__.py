"""How well search and walks do, in numbers: counted from what is stored, as pictures, tables and files."""
