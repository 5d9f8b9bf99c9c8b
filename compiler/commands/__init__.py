"""What the commands do, without click: each takes values, and returns what is to be printed."""
