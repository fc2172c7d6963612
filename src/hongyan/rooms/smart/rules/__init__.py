"""Pure rules of cards: layouts as data, filling in values, drawing a document, the preset templates."""
