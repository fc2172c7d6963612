"""Enterprise filings (企业备案): what a company files per scene, its papers, their review, and sample letters.

Owns the tables ``enterprises_filings`` and ``enterprises_papers`` and the file area ``enterprises``. Hears the job
``enterprises.review_decided``; says ``delivery.close_gate`` and ``delivery.open_gate``.
"""
