"""Widgets that draw one thing."""
