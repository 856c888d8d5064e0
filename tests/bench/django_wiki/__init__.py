"""The wiki that the product is measured beside; it runs in a virtual environment of its own."""
