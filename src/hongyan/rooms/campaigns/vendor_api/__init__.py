"""HTTP doors of send tasks for programs: the vendor's operations (``send_tasks``) and our own under ``/v1/hongyan`` (``own``)."""
