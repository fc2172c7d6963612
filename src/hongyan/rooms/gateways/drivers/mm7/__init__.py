"""MM7: video messages over HTTP. A link posts, an inlet is where the centre calls us. Source: docs/protocols/mm7.md."""
