"""What is asked: the message in the light of the talk before it, taken apart."""
