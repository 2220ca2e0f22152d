"""Stand-alone reveal.js slides: one HTML file a notebook with its notes to print, no network, no server."""

from publishing.slides.command import slides

__all__ = ["slides"]
