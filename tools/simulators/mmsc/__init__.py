"""MMS centres for tests and demonstrations: MM7 over real HTTP, good and bad manners, and the phones behind them."""
