"""Sound cards without the cards: control sets of real shapes, served by a control plugin to the real libasound."""
