"""What readers see: the site, the slides, the explorer, the README's generated parts."""
