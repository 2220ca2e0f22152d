"""The reference policy, trained on shallow words, and the verifier, trained on the reference policy's roll-outs."""

import numpy as np
import torch
from scipy.special import softmax
from torch.nn import functional as F

from covtheory.instances.brackets import Brackets
from training.dyck.config import Config
from training.transformer import Transformer

_CHUNK = 2048


def network(config: Config, words: Brackets) -> Transformer:
    """A transformer over the letters and a sign for the beginning, which is letter ``V``."""
    return Transformer(words.V + 1, words.length, config.width, config.depth, config.heads)


def after(net: Transformer, words: np.ndarray, V: int) -> torch.Tensor:
    """Scores of the ``V`` next letters after every prefix but the last, shape (m, h + 1, V), for words (m, h)."""
    tokens = torch.as_tensor(np.asarray(words), dtype=torch.long)
    begin = torch.full((len(tokens), 1), V)
    return net.scores(torch.cat([begin, tokens], dim=1))[..., :V]


def last(net: Transformer, words: np.ndarray, V: int) -> np.ndarray:
    """Scores of the next letters after each word, shape (m, V), without gradient and in parts."""
    with torch.no_grad():
        parts = [after(net, part, V)[:, -1] for part in np.array_split(words, max(1, -(-len(words) // _CHUNK)))]
    return torch.cat(parts).double().numpy()


def train_reference(config: Config, words: Brackets, rng: np.random.Generator, report) -> Transformer:
    """Fit the next letter of shallow words."""
    net = network(config, words)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.learning_rate)
    for step in range(config.reference_steps):
        batch = words.sample(rng, config.batch, config.open_shallow, config.first_shallow)
        loss = F.cross_entropy(after(net, batch[:, :-1], words.V).flatten(0, 1), torch.as_tensor(batch).flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if (step + 1) % 250 == 0:
            report(f"reference {step + 1:>6}  loss {loss.item() * words.length:.3f} nats a word")
    return net


def draw(net: Transformer, words: Brackets, begin: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """Draw continuations of the rows of ``begin`` from the reference policy, up to ``length`` letters in all."""
    drawn = np.asarray(begin)
    while drawn.shape[1] < length:
        law = softmax(last(net, drawn, words.V), axis=1)
        letter = (rng.random((len(law), 1)) >= np.cumsum(law, axis=1)[:, :-1]).sum(axis=1)
        drawn = np.concatenate([drawn, letter[:, None]], axis=1)
    return drawn


def roll_outs(config: Config, reference: Transformer, words: Brackets, prompts: np.ndarray,
              rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Cut right words after random prefixes and let the reference policy go on: words (m, 2n), own from (m,)."""
    begin = prompts[rng.integers(len(prompts), size=config.rollouts)]
    right = words.sample(rng, config.rollouts, config.open_deep, 0.5, begin)
    cut = rng.integers(config.prompt, words.length, size=config.rollouts)
    drawn = right.copy()
    for at in range(config.prompt, words.length):  # letter `at` is the reference policy's wherever cut <= at
        rows = np.flatnonzero(cut <= at)
        drawn[rows, at] = draw(reference, words, drawn[rows, :at], at + 1, rng)[:, -1]
    return drawn, cut


def train_verifier(config: Config, words: Brackets, drawn: np.ndarray, cut: np.ndarray, rng: np.random.Generator,
                   report):
    """Fit the success of roll-outs, by logistic regression at every letter; yield (epoch, net) where asked."""
    net = network(config, words)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.value_rate)
    success = torch.as_tensor(words.right(drawn), dtype=torch.float)
    own = torch.as_tensor(np.arange(words.length) >= cut[:, None])
    if 0 in config.epochs:
        yield 0, net
    for epoch in range(1, config.epochs[-1] + 1):
        total = 0.0
        for rows in np.array_split(rng.permutation(len(drawn)), max(1, len(drawn) // config.batch)):
            letters = torch.as_tensor(drawn[rows])
            score = after(net, drawn[rows, :-1], words.V).gather(2, letters[..., None])[..., 0]
            outcome = success[rows, None].expand_as(score)
            loss = F.binary_cross_entropy_with_logits(score[own[rows]], outcome[own[rows]])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        report(f"verifier epoch {epoch:>3}  loss {total / len(drawn):.4f} nats a letter")
        if epoch in config.epochs:
            yield epoch, net
