"""What members see for themselves: what they are promised. No sign-in: terms are read before joining."""
