"""What the employee sees."""
