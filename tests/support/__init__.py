"""What tests share: libraries, servers and people to try things with."""
