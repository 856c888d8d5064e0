"""Mails and calls that are to leave: kept in the database until the timer has sent them."""
