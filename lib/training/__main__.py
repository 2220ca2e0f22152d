"""``python -m training small --seed 0``: train notebook 12's network, or go on with a killed training."""

import argparse
import sys
from pathlib import Path

from training.config import CONFIGS
from training.record import curves, write, write_curves


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments, train, write ``record.npz`` and ``curves.csv``; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("config", choices=CONFIGS, help="smoke: seconds; paper: a GPU; others: minutes on one core")
    parser.add_argument("--seed", type=int, default=0, help="of the initial weights and the data (default 0)")
    parser.add_argument("--out", type=Path, help="folder (default: build/train/CONFIG-SEED)")
    parser.add_argument("--after", type=Path, metavar="FOLDER",
                        help="begin where the training in FOLDER began its last phase; the rest must be the same")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default 1)")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error(f"--seed: got {options.seed}, expected a whole number >= 0")
    try:
        import torch
    except ModuleNotFoundError:
        print("training needs PyTorch: pip install -r requirements/train.txt", file=sys.stderr)
        return 1
    from training.loop import Diverged, OtherTraining, Training

    if options.device != "cpu" and not torch.cuda.is_available():
        parser.error(f"--device: {options.device} is not there; this PyTorch sees the CPU only")
    torch.set_num_threads(max(options.threads, 1))
    folder = options.out or Path("build") / "train" / f"{options.config}-{options.seed}"
    try:
        training = Training(CONFIGS[options.config], options.seed, folder, options.device,
                            report=lambda line: print(line, flush=True), pretrained=options.after)
        record = training.run()
    except (OtherTraining, Diverged) as error:
        print(f"training: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130
    record.about["command"] = f"python -m training {options.config} --seed {options.seed}" + (
        f" --after {options.after.name}" if options.after else "")
    write(folder / "record.npz", record)
    write_curves(folder / "curves.csv", curves(record))
    print(f"wrote {folder / 'record.npz'} and {folder / 'curves.csv'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
