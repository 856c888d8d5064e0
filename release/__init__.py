"""What makes a release of a checkout: the files in `dist/`, and the licences of what is installed with them."""
