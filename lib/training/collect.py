"""``python -m training.collect build/train/*``: put finished trainings into references/shortcut, by configuration."""

import argparse
import json
import sys
from pathlib import Path

from claimcheck.register import find_root
from training.record import Record, curves, read, replace, write, write_curves

FOLDER = Path("references") / "shortcut"


def load(name: str, root: Path | None = None) -> list[Record]:
    """Return the committed records of a configuration, by seed.

    Raises
    ------
    ValueError
        If there is none, or they come from different configurations.
    """
    folder = (find_root() if root is None else Path(root)) / FOLDER / name
    records = sorted((read(path) for path in folder.glob("*.npz")), key=lambda record: record.about["seed"])
    if not records:
        raise ValueError(f"{FOLDER / name}: no record of a training")
    same_configuration(records)
    return records


def name_of(record: Record) -> str:
    """Name of the configuration: the command's first argument.

    Examples
    --------
    >>> name_of(Record(None, None, None, {"command": "python -m training balanced --seed 3"}))
    'balanced'
    """
    return record.about["command"].split()[3]


def same_configuration(records: list[Record]) -> None:
    """Raise a ValueError unless all records have one configuration and different seeds."""
    if len({json.dumps(record.about["config"], sort_keys=True) for record in records}) > 1:
        raise ValueError("records: trained with different configurations; collect one configuration at a time")
    seeds = [record.about["seed"] for record in records]
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"records: seeds {seeds} repeat")


def collect(folders: list[Path], into: Path) -> None:
    """Copy records into a folder a configuration, with all their curves in a CSV file and origins in ``runs.json``.

    Raises
    ------
    ValueError
        Different configurations of one name, a seed twice, or records of other seeds in a target, which would be mixed
        in later.
    """
    records, names = sorted((read(folder / "record.npz") for folder in folders), key=lambda r: r.about["seed"]), {}
    for record in records:
        names.setdefault(name_of(record), []).append(record)
    for name, group in names.items():
        same_configuration(group)
        files = {f"seed-{record.about['seed']}.npz" for record in group}
        if others := sorted(path.name for path in (into / name).glob("*.npz") if path.name not in files):
            raise ValueError(f"{into / name}: holds {', '.join(others)}, not among these; add it or move it away")
    for name, group in names.items():
        for record in group:
            write(into / name / f"seed-{record.about['seed']}.npz", record)
        write_curves(into / name / "curves.csv", [row for record in group for row in curves(record)])
        runs = {"config": group[0].about["config"],
                "runs": [{k: v for k, v in record.about.items() if k != "config"} for record in group]}
        text = json.dumps(runs, indent=1, sort_keys=True) + "\n"
        replace(into / name / "runs.json", lambda file, text=text: file.write(text))


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
