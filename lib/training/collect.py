"""``python -m training.collect build/train/small-*``: put finished trainings into references/shortcut."""

import argparse
import json
import sys
from pathlib import Path

from claimcheck.register import find_root
from training.record import Record, curves, read, replace, write, write_curves

FOLDER = Path("references") / "shortcut"


def load(root: Path | None = None) -> list[Record]:
    """Return the committed records, by seed.

    Raises
    ------
    ValueError
        If there is none, or they come from different configurations.
    """
    folder = (find_root() if root is None else Path(root)) / FOLDER
    records = sorted((read(path) for path in folder.glob("*.npz")), key=lambda record: record.about["seed"])
    if not records:
        raise ValueError(f"{FOLDER}: no record of a training")
    same_configuration(records)
    return records


def same_configuration(records: list[Record]) -> None:
    """Raise a ValueError unless all records have one configuration and different seeds."""
    if len({json.dumps(record.about["config"], sort_keys=True) for record in records}) > 1:
        raise ValueError("records: trained with different configurations; collect one configuration at a time")
    seeds = [record.about["seed"] for record in records]
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"records: seeds {seeds} repeat")


def collect(folders: list[Path], into: Path) -> None:
    """Copy records, write all their curves into one CSV file and their origins into ``runs.json``.

    Raises
    ------
    ValueError
        Different configurations, a seed twice, or records of other seeds in ``into``, which would be mixed in later.
    """
    records = sorted((read(folder / "record.npz") for folder in folders), key=lambda record: record.about["seed"])
    same_configuration(records)
    names = {f"seed-{record.about['seed']}.npz" for record in records}
    if others := sorted(path.name for path in into.glob("*.npz") if path.name not in names):
        raise ValueError(f"{into}: holds {', '.join(others)}, not among these trainings; add it or move it away")
    for record in records:
        write(into / f"seed-{record.about['seed']}.npz", record)
    write_curves(into / "curves.csv", [row for record in records for row in curves(record)])
    runs = {"config": records[0].about["config"],
            "runs": [{k: v for k, v in record.about.items() if k != "config"} for record in records]}
    replace(into / "runs.json", lambda file: file.write(json.dumps(runs, indent=1, sort_keys=True) + "\n"))


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments and collect; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.collect", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders that python -m training has filled")
    parser.add_argument("--into", type=Path, help=f"default: {FOLDER} of the checkout")
    options = parser.parse_args(arguments)
    try:
        collect(options.folders, options.into or find_root(Path.cwd()) / FOLDER)
    except ValueError as error:
        print(f"training.collect: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
