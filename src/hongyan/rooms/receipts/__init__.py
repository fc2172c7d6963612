"""What carriers say back: reports and uplinks. Owns: tables ``receipts_*``. Says: job ``audience.uplink_received``."""
