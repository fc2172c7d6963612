"""One file per wire protocol: a link submits parts and tells answers, reports and uplinks in plain values."""
