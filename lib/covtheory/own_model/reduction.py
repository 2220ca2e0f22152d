"""What is kept of scored responses, in bounded memory: read here in one go, or shard by shard on a cluster."""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from covtheory.own_model.chunk import Chunk
from covtheory.own_model.cluster import Failed, in_order, safely
from covtheory.own_model.compare import CoverageDifference
from covtheory.own_model.identity import Partner, digests
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_sample import ProfileSample
from covtheory.own_model.reading import NO_ROWS
from covtheory.own_model.scores import ENDS, PairedScores
from covtheory.own_model.side import LENGTHS

MOST_GROUPS = 64
MOST_CLASSES = 256
"""Classes of ids at most: with S shards there are as many times S little tasks."""


class ProfileReduction:
    """Samples of every model or of every group of responses, their losses, and the difference of two models.

    Parameters
    ----------
    streams : list of PairedScores
        One a model, of the same teacher's file.
    N : list of float
    """

    def __init__(self, streams: list[PairedScores], N: list[float]):
        self.streams, self.N, self.by = streams, N, streams[0].by
        self.samples: list[dict[str, ProfileSample]] = [{} for _ in streams]
        self.losses: list[dict[str, float]] = [{} for _ in streams]
        self.difference = CoverageDifference(N) if len(streams) == 2 else None

    def read(self) -> None:
        """All rows, here and now."""
        self.add([iter(stream) for stream in self.streams])

    def add(self, streams: Iterable[Iterator[tuple]]) -> None:
        """Some rows under all models, which come in the same portions."""
        for parts in zip(*streams, strict=True):
            for i, (teacher, model, kl, prompts) in enumerate(parts):
                for name, on in self._groups(self.streams[i].groups):
                    if name not in self.samples[i]:
                        self._grow(i, name)
                    self.samples[i][name].add(teacher[on], model[on], None if kl is None else kl[on],
                                              prompts if prompts is None or isinstance(on, slice) else
                                              [prompts[j] for j in on])
                    self.losses[i][name] = self.losses[i].get(name, 0.0) - float(model[on].sum())
            if self.difference:
                self.difference.add(parts[0][0] - parts[0][1], parts[1][0] - parts[1][1], parts[0][3])

    def absorb(self, other: "ProfileReduction") -> None:
        """The rows of another one, with the same streams and N."""
        for mine, its in zip(self.streams, other.streams, strict=True):
            mine.absorb(its)
        for i, samples in enumerate(other.samples):
            for name, sample in samples.items():
                if name not in self.samples[i]:
                    self._grow(i, name)
                self.samples[i][name].absorb(sample)
                self.losses[i][name] = self.losses[i].get(name, 0.0) + other.losses[i][name]
        if self.difference:
            self.difference.absorb(other.difference)

    def _grow(self, i, name):
        if len(self.samples[i]) == MOST_GROUPS:
            raise self.streams[i].table.problem(f"column {self.by!r} has more than {MOST_GROUPS} different values")
        self.samples[i][name] = ProfileSample([n for n in self.N if n > 1], (1 << 24) // len(self.streams))

    def _groups(self, names):
        if names is None:
            return [("", slice(None))]
        names = np.array([_octave(name) if self.by in LENGTHS else name for name in names], dtype=object)
        return [(name, np.flatnonzero(names == name)) for name in dict.fromkeys(names.tolist())]

    @property
    def of_responses(self) -> bool:
        """Whether the groups tell responses apart, not prompts: by their length or end, or a prompt is in two."""
        if self.by is None:
            return False
        count = self.streams[0].count
        return self.by in (*LENGTHS, *ENDS) or (count is not None and len(count.responses) < sum(
            len(sample.prompts.responses) for sample in self.samples[0].values()))

    # ---- the same on a cluster

    def read_on(self, client, progress=None) -> None:
        """All rows, as tasks over shards.

        Files with as many shards as the teacher's are first joined shard by shard; where the ids do not allow that,
        rows are dealt out by their ids and joined class by class.

        Raises
        ------
        Problem
            As :meth:`read`; where several rows are wrong, perhaps with another of them.
        """
        table, others = self.streams[0].table, [stream.other for stream in self.streams if stream.other]
        shards, bare = len(table.sources), self.emptied()
        aligned = all(len(other.sources) == shards for other in others)
        for each in (table, *others):
            each.tool.notes.clear()
        if others and self.streams[0].match == "order":
            raise table.problem("--match order reads two files side by side: not with --scheduler")
        try:
            tasks = [client.submit(safely, _shard, bare, i, pure=False) for i in range(shards)] if aligned else []
            for part in in_order(tasks, progress):
                bare.absorb(part)
        except Problem:
            if not others:
                raise
            aligned, bare = False, self.emptied()
        if not aligned:
            bare = self._dealt(client, table, others, progress)
        if not bare.samples[0]:
            raise table.problem(NO_ROWS)
        self.absorb(bare)
        for stream in self.streams:
            stream.conclude()

    def _dealt(self, client, table, others, progress):
        """The reduction of rows that are dealt out by their ids first."""
        bare = self.emptied()
        classes = min(max(len(each.sources) for each in (table, *others)), MOST_CLASSES)
        files = [[client.submit(safely, _deal, bare, model, i, classes, pure=False) for i in range(len(each.sources))]
                 for model, each in enumerate((table, *others), start=-1)]
        for model, dealt in enumerate(files, start=-1):
            for part in in_order([client.submit(_part, each, -1, pure=False) for each in dealt]):
                for stream in bare.streams if model < 0 else [bare.streams[model]]:
                    stream.absorb(part, "teacher" if model < 0 else "model")
        whole, bare = bare, bare.emptied(bases=True)
        tasks = [client.submit(safely, _join, bare, *([client.submit(_part, each, k, pure=False) for each in dealt]
                                              for dealt in files), pure=False) for k in range(classes)]
        for part in in_order(tasks, progress):
            whole.absorb(part)
        return whole

    def emptied(self, bases: bool = False) -> "ProfileReduction":
        """The same before the first row; with ``bases``, what is known of them is kept."""
        return ProfileReduction([stream.emptied(bases) for stream in self.streams], self.N)


def _shard(reduction, index):
    """The reduction of one shard; models' scores are in the same rows, or in their shards with the same number."""
    part = reduction.emptied()
    for stream in part.streams:
        stream.table, stream.other = stream.table.shard(index), stream.other and stream.other.shard(index)
    part.add([stream.joined(stream.standard(True), stream.partner()) for stream in part.streams])
    for stream in part.streams if index != reduction.streams[0].table.first_rows else ():
        stream.guess.first = None  # only that of the first rows is looked at
    return part


def _deal(reduction, model, index, classes):
    """Standard rows of a shard by class of their ids, and the reader; ``model`` is -1 for the teacher's file."""
    stream, dealt = reduction.streams[max(model, 0)].emptied(), [[] for _ in range(classes)]
    stream.partner()  # says what is missing to match rows by id
    if model < 0:
        stream.table = stream.table.shard(index)
        parts = stream.standard(True)
    else:
        stream.other = stream.other.shard(index)
        partner = stream.partner()
        parts = (Chunk(part.path, part.word, part.places,
                       {"id": part.columns[partner.name], **dict(enumerate(stream.model.read(part)))})
                 for part in partner.chunks)
    for part in parts:
        of = digests(part.columns["id"]).view(np.uint64) % np.uint64(classes)
        for k, held in enumerate(dealt):
            if (rows := np.flatnonzero(of == k)).size:
                held.append(part.take(rows))
    return [*dealt, stream]


def _part(dealt, k):
    return dealt if isinstance(dealt, Failed) else dealt[k]


def _join(reduction, teachers, *models):
    """The reduction of one class of ids."""
    part = reduction.emptied(bases=True)
    rows = list(chain(*teachers))
    part.add([stream.joined(rows, Partner(stream.other.path, chain(*held), "id", _values))
              for stream, held in zip(part.streams, models, strict=True)])
    return part


def _values(part):
    return part.columns[0], part.columns[1]


def _octave(text):
    """The power-of-two range of a length."""
    try:
        length = int(float(text))
    except (ValueError, OverflowError):
        return text
    low = 1 << max(length.bit_length() - 1, 0)
    return f"{low}-{2 * low - 1}" if length > 0 else text
