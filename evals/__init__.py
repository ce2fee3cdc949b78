"""How good the answers are, against what."""
