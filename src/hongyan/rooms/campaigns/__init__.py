"""Send tasks: create, parse, schedule, plan, pause, resume, cancel, finish.

Owns table ``campaigns_tasks``. Says subject ``campaigns.progress``. Jobs:
``campaigns.prepare``, ``campaigns.start``, ``campaigns.plan``, ``campaigns.task_settled``, ``campaigns.tick``.
"""
