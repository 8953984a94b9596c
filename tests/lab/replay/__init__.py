"""Control sets of real cards, served to the real libasound by a control plugin."""
