"""What readers and staff say of sections: votes and what they add up to, flags until they are settled, and views."""
