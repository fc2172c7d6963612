"""The console's doors of callbacks: addresses with their health, the test button, posts, the delivery log, replay."""
