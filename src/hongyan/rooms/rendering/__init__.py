"""Rendering: template + values + link + signature → the text of one message and its parts. Pure; owns nothing."""
