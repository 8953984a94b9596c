"""Controls of real cards, provided to the real libasound by a control plugin."""
