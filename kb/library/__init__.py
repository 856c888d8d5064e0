"""The one writer of guides: publishes, retires, loads and exports them, each in one transaction."""
