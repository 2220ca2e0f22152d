"""Train phase by phase, evaluate on a held-out set, survive a kill: every evaluation is also a checkpoint."""

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from training.config import Config, Phase
from training.held_out import HeldOut
from training.record import Record, replace, versions
from training.transformer import Transformer


class OtherTraining(ValueError):
    """The folder holds a training with another configuration or seed."""


class Diverged(ValueError):
    """The loss is no number any more."""


class Training:
    """A training that can be stopped at any time and goes on from its last checkpoint.

    The batch of a step is drawn from a generator of its own, so that a resumed training sees what an uninterrupted one
    would have seen.

    Parameters
    ----------
    folder : Path
        Holds ``state.pt``, the latest checkpoint; taken up if it is there.
    device : str
        ``cpu`` or ``cuda``.
    report : callable
        Receives one line at every evaluation.
    pretrained : Path, optional
        Folder of a training that differs in the last phase only; it begins where that one's last phase began.

    Raises
    ------
    OtherTraining
        If the folder's checkpoint belongs to another configuration or seed, or ``pretrained`` has none that fits.
    """

    def __init__(self, config: Config, seed: int, folder: Path, device: str = "cpu",
                 report: Callable[[str], None] = print, pretrained: Path | None = None):
        self.config, self.seed, self.folder, self.device, self.report = config, seed, Path(folder), device, report
        torch.manual_seed(seed)
        task = config.task
        self.net = Transformer(task.vocabulary, task.prompt_length + task.response_length - 1, config.width,
                               config.depth, config.heads, getattr(torch, config.precision)).to(device)
        self.held_out = HeldOut.of(config)
        self.phase, self.step, self.seconds, self.steps, self.rows = 0, 0, 0.0, [], []
        self.made, self.reached, self._optimizer_state = {}, False, None
        if not self._load() and pretrained is not None:
            self._begin_after(Path(pretrained))
        self._resumed_when, self._steps_here = time.monotonic(), 0

    def run(self, evaluations: int | None = None) -> Record | None:
        """Train to the end and return the record of the last phase; after so many ``evaluations`` stop (None).

        Raises
        ------
        Diverged
            If the loss is no number any more; the last checkpoint stays.
        """
        while self.phase < len(self.config.phases):
            for _ in self._train(self.config.phases[self.phase]):
                if evaluations is not None and (evaluations := evaluations - 1) <= 0:
                    return None
            self.made[self.config.phases[self.phase].name] = self.step
            self.phase, self.step, self.reached, self._optimizer_state = self.phase + 1, 0, False, None
        return Record(np.array(self.steps), self.held_out.kinds, np.stack(self.rows), self._about())

    def _train(self, phase: Phase):
        """Yield at every evaluation, after its checkpoint is written."""
        optimizer = torch.optim.AdamW(self.net.parameters(), lr=phase.learning_rate,
                                      weight_decay=self.config.weight_decay)
        fresh = self._optimizer_state is None
        if not fresh:
            optimizer.load_state_dict(self._optimizer_state)
        data = self._draw(phase, phase.steps + 1, phase.fixed_data) if phase.fixed_data else None
        if fresh:
            if self.phase == len(self.config.phases) - 1:
                self._keep_pretrained()
            self._evaluate(phase, optimizer)
            yield
        while self.step < phase.steps and not self.reached:
            for group in optimizer.param_groups:
                group["lr"] = phase.learning_rate * min(1.0, (self.step + 1) / max(phase.warmup, 1))
            batch = torch.as_tensor(self._batch(phase, data), device=self.device)
            loss = -self.net.token_log_probs(batch, self.config.task.prompt_length).sum(dim=1).mean()
            if not torch.isfinite(loss):
                raise Diverged(f"{phase.name}, step {self.step}: the loss is {loss.item()}; lower the learning rate")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            self.step, self._steps_here = self.step + 1, self._steps_here + 1
            if self.step % phase.evaluate_every == 0 or self.step == phase.steps:
                self._evaluate(phase, optimizer)
                yield

    def _evaluate(self, phase, optimizer):
        row = self.held_out.score(self.net, self.device)
        if self.phase == len(self.config.phases) - 1:
            self.steps.append(self.step)
            self.rows.append(row)
        now = Record(np.array([self.step]), self.held_out.kinds, row[None], {})
        by_class = [-now.log_probs[0, now.kinds == kind].mean() for kind in (0, 1)]
        self.reached = bool(np.dot(phase.mixture[:2], by_class) < phase.until)
        self.report(f"{phase.name} {self.step:>6}  KL {now.kl[0]:.3f}  by class {by_class[0]:.3f} {by_class[1]:.3f}  "
                    f"Cov_4 {now.coverage(4)[0]:.3f}  Pass@8 {now.pass_at(8)[0]:.3f}{self._time_left()}")
        self._save(optimizer)

    def _time_left(self):
        if not self._steps_here:
            return ""
        left = sum(phase.steps for phase in self.config.phases[self.phase :]) - self.step
        pace = (time.monotonic() - self._resumed_when) / self._steps_here
        return f"  left {pace * left / 60:.1f} min"

    @property
    def _elapsed(self):
        return self.seconds + time.monotonic() - self._resumed_when

    def _batch(self, phase, data):
        if data is None:
            return self._draw(phase, self.step, self.config.batch)
        return data[self._generator(self.step).integers(0, len(data), self.config.batch)]

    def _draw(self, phase, step, n):
        rng, task = self._generator(step), self.config.task
        return task.tokens(task.sample(rng, rng.choice(len(phase.mixture), size=n, p=phase.mixture)), rng)

    def _generator(self, step):
        return np.random.default_rng([self.seed, self.phase, step])

    def _save(self, optimizer):
        state = {"config": json.dumps(self.config.plain()), "seed": self.seed, "phase": self.phase, "step": self.step,
                 "made": self.made, "reached": self.reached, "seconds": self._elapsed, "steps": self.steps,
                 "rows": torch.as_tensor(np.array(self.rows)), "net": self.net.state_dict(),
                 "optimizer": optimizer.state_dict()}
        replace(self.folder / "state.pt", lambda file: torch.save(state, file), binary=True)

    def _load(self):
        path = self.folder / "state.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["config"] != json.dumps(self.config.plain()) or state["seed"] != self.seed:
            raise OtherTraining(f"{self.folder}: holds a training with another configuration or seed; name another "
                                "folder or remove it")
        self.net.load_state_dict(state["net"])
        self.phase, self.step, self.seconds = state["phase"], state["step"], state["seconds"]
        self.steps, self.rows = state["steps"], list(state["rows"].numpy())
        self.made, self.reached, self._optimizer_state = state["made"], state["reached"], state["optimizer"]
        self.report(f"resuming at step {self.step} of {self.config.phases[self.phase].name}")
        return True

    def _before_last_phase(self):
        """What two trainings share if they differ in the last phase only."""
        config = self.config.plain()
        return json.dumps([{**config, "phases": config["phases"][:-1]}, self.seed])

    def _keep_pretrained(self):
        state = {"before": self._before_last_phase(), "made": self.made, "net": self.net.state_dict()}
        replace(self.folder / "pretrained.pt", lambda file: torch.save(state, file), binary=True)

    def _begin_after(self, folder):
        path = folder / "pretrained.pt"
        if not path.exists():
            raise OtherTraining(f"{folder}: no training there has come to its last phase")
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["before"] != self._before_last_phase():
            raise OtherTraining(f"{folder}: a training with another seed, or that differs in more than the last phase")
        self.net.load_state_dict(state["net"])
        self.phase, self.made = len(self.config.phases) - 1, state["made"]

    def _about(self):
        about = {"config": self.config.plain(), "seed": self.seed, "versions": versions(torch, np),
                 "seconds": round(self._elapsed), "made": self.made,
                 "machine": f"{platform.machine()}, {self.device}, {torch.get_num_threads()} threads"}
        return json.loads(json.dumps(about))
