"""HTTP doors of send tasks for programs.

The vendor's operations (``send_tasks``) and our own under ``/v1/hongyan`` (``own``).
"""
