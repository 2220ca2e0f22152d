"""A GPT-2-style causal transformer (PyTorch) that scores responses given prompts."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Attention and a GELU layer, normalised before each."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map activations of shape (batch, length, width) to the same shape."""
        batch, length, width = x.shape
        heads = self.qkv(self.before_attention(x)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.mix(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.before_mlp(x))))


class Transformer(nn.Module):
    """Token embeddings, absolute positions, blocks, and a linear map to logits.

    Parameters
    ----------
    vocabulary, length : int
        Number of tokens; longest input (prompt and response without its last token).
    precision : torch.dtype
        Of the blocks' products; weights, residuals and log-probabilities are in single precision.

    Examples
    --------
    >>> net = Transformer(10, 5, width=8, depth=1, heads=2)
    >>> net.token_log_probs(torch.zeros(3, 6, dtype=torch.long), prompt_length=4).shape
    torch.Size([3, 2])
    """

    def __init__(self, vocabulary: int, length: int, width: int, depth: int, heads: int,
                 precision: torch.dtype = torch.float32):
        super().__init__()
        self.precision = precision
        self.token, self.position = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.last = nn.LayerNorm(width)
        self.logits = nn.Linear(width, vocabulary, bias=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                into_residual = name.endswith(("mix.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * depth) if into_residual else 0.02)
            elif "bias" in name:
                nn.init.zeros_(parameter)

    def token_log_probs(self, tokens: torch.Tensor, prompt_length: int) -> torch.Tensor:
        """Return ``log pi(y_h | x, y_<h)`` in nats, shape (batch, response_length).

        Parameters
        ----------
        tokens : int tensor, shape (batch, prompt_length + response_length)
        """
        logits = self.scores(tokens[:, :-1], prompt_length - 1)
        return torch.log_softmax(logits, dim=-1).gather(2, tokens[:, prompt_length:, None])[..., 0]

    def scores(self, tokens: torch.Tensor, first: int = 0) -> torch.Tensor:
        """Return the logits after every prefix from position ``first`` on, (batch, length - first, vocabulary)."""
        with torch.autocast(tokens.device.type, self.precision, enabled=self.precision != torch.float32):
            x = self.token(tokens) + self.position.weight[: tokens.shape[1]]
            for block in self.blocks:
                x = block(x)
        return self.logits(self.last(x[:, first:].float()))
