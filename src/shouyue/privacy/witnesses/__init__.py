"""Who watches the evidence log from outside, and what they are asked."""
