"""The process around the application: its environment, checks, first start, server, mail server and timer."""
