"""The sentences that answer: papers read, weighed, chosen, set down word for word."""
