"""The ledger of messages. Owns: tables ``delivery_*``. Hears: jobs ``delivery.close_gate|open_gate|suppress|finish_cancel``. Says: job ``campaigns.task_settled``."""
