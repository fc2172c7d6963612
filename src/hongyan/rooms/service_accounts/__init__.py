"""Service accounts (智能信息服务号): account, menus and home page, their reviews, and the channel numbers they show on.

Shortcut keys (短消息快捷键), too, which stand below messages by signature and region.
What a phone shows beside messages of a company. Not for: the messages themselves (``smart``, ``sms``), nor carriers'
channels (``carriers``): a channel number here is only a text that phones compare.
"""
