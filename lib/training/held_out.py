"""The held-out set of a training: prompts of the two recorded classes, with the path that either rule would take."""

from dataclasses import dataclass

import numpy as np
import torch

from training.config import Config

SEED = 1_000_003
"""Of the held-out set, the same for all trainings of a configuration; no batch has it."""

_CHUNK = 512


@dataclass(frozen=True)
class HeldOut:
    """Prompts with exact class shares.

    Attributes
    ----------
    kinds : ndarray of int, shape (n,)
        0 where the majority rule is right, 1 where the minority rule is.
    tokens : ndarray of int, shape (2, n, length)
        The prompts, answered by the majority rule and by the minority rule.
    """

    kinds: np.ndarray
    tokens: np.ndarray
    prompt_length: int

    @classmethod
    def of(cls, config: Config) -> "HeldOut":
        """Draw it.

        Examples
        --------
        >>> from training.config import CONFIGS
        >>> HeldOut.of(CONFIGS["smoke"]).tokens.shape
        (2, 256, 10)
        """
        task, mixture = config.task, config.phases[-1].mixture
        minority = round(mixture[1] * config.held_out)
        kinds = np.repeat([0, 1], [config.held_out - minority, minority])
        graphs = task.sample(np.random.default_rng(SEED), kinds)
        right = task.tokens(graphs, np.random.default_rng(SEED + 1))
        # the other rule takes the other passable node of every ambiguous layer
        turned = np.where(graphs.passable[..., 1], graphs.nodes[..., :2].sum(axis=-1) - graphs.path, graphs.path)
        wrong = right.copy()
        first = task.prompt_length + (task.response_length - task.layers) // 2
        wrong[:, first : first + task.layers] = turned
        by_rule = np.stack([np.where((kinds == rule)[:, None], right, wrong) for rule in (0, 1)])
        return cls(kinds, by_rule, task.prompt_length)

    def score(self, net: torch.nn.Module, device: str = "cpu") -> np.ndarray:
        """Return the log-probability of both answers, nats, shape (2, n)."""
        rows = []
        with torch.no_grad():
            for answers in self.tokens:
                parts = torch.as_tensor(answers, device=device).split(_CHUNK)
                log_probs = [net.token_log_probs(part, self.prompt_length).double().sum(dim=1) for part in parts]
                rows.append(torch.cat(log_probs).cpu().numpy())
        return np.minimum(np.stack(rows), 0.0)
