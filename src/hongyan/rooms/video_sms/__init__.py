"""The room of video SMS (基础版): templates of text, pictures, sound and video that are shown as a slide show.

Not for: send tasks (``campaigns``), nor MM7 and what is on the wire (``gateways``).
"""
