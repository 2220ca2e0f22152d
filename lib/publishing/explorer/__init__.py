"""The explorer: one HTML page to play with the main idea, every number on it computed by the library."""

from publishing.explorer.page import PAGE, build, document, for_site, panels

__all__ = ["PAGE", "build", "document", "for_site", "panels"]
