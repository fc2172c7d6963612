"""The commands of ``hongyan``; one module per subject, each reads as what an operator types."""
