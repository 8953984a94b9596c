"""The names of the themes and of the colors of a custom theme; a small module, as every verb loads it."""

THEMES = (
    *("auto", "dark", "light", "high-contrast", "ansi", "textual-dark", "textual-light", "nord", "gruvbox"),
    *("catppuccin-mocha", "dracula", "tokyo-night", "monokai", "flexoki", "catppuccin-latte"),
    *("catppuccin-frappe", "catppuccin-macchiato", "solarized-light", "solarized-dark", "rose-pine"),
    *("rose-pine-moon", "rose-pine-dawn", "atom-one-dark", "atom-one-light"),
)
THEME_COLORS = (
    *("background", "foreground", "panel", "hardware", "outputs", "applications", "good", "warning", "error"),
)
"""The names of the colors that a custom theme can set."""
