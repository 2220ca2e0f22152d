"""Pages for readers: ``book | slides | explorer | letter``, in a checkout."""

from claimcheck.commands import add_notebook, in_collection

COMMANDS = ("book", "slides", "explorer", "letter")


def add_commands(parsers) -> None:
    """Add the commands to the parser's sub-commands."""
    parsers.add_parser("book", help="write the collection as a static site to build/book")
    slides = parsers.add_parser("slides", help="write stand-alone reveal.js slides to build/slides")
    add_notebook(slides)
    slides.add_argument("--plan", help="a plan of references/teaching.md, a list of sections, or a file with one")
    slides.add_argument("--check", action="store_true", help="look at every slide in a browser: fit, size, network")
    parsers.add_parser("explorer", help="compute the tables of references/explorer.html and write the page")
    parsers.add_parser("letter", help="write the errata as a letter of two pages to the authors to build/letter.md")


def run(options) -> int:
    """Run one of the commands."""
    return in_collection(lambda root: _run(options, root))


def _run(options, root):
    if options.command == "slides":
        from publishing.slides import slides

        return slides(root, options.notebook, options.check, options.plan)
    if options.command == "explorer":
        from publishing.explorer import build

        return build(root)
    if options.command == "letter":
        from publishing.letter import write

        return write(root)
    from publishing.book import book

    return book(root)
