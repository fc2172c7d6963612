"""Send tasks, plain SMS, video tasks, resolve tasks and link domains: what customers want sent, or want links for.

Owns the tables ``campaigns_…``. Says subject ``campaigns.progress``. Jobs: ``campaigns.prepare``, ``campaigns.plan``,
``campaigns.task_settled``, ``campaigns.tasks_settled``, ``campaigns.tick``, ``campaigns.cards_rendered``,
``campaigns.review_decided``, ``campaigns.video_reply``, ``campaigns.answer_uplink``, ``campaigns.forget_answers``,
``campaigns.forget_letters``.
"""
