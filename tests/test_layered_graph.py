"""The layered-graph task, read back from its tokens: graph, rule, hidden bit, law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covtheory.instances.graph_classes import FIGURE_1, GraphClass, figure_2
from covtheory.instances.layered_graph import LayeredGraphTask

EDGES = LayeredGraphTask(nodes=40, layers=6, width=4, format="edges")
SLOTS = LayeredGraphTask(nodes=40, layers=8)
LONG = LayeredGraphTask(nodes=60, layers=8, width=3, format="edges", classes=figure_2(8))


def draw(task, n=60, seed=0):
    rng = np.random.default_rng(seed)
    graphs = task.sample(rng, rng.integers(0, len(task.classes), n))
    return graphs, task.tokens(graphs, rng)


def parse(task, row):
    """Layers of (nodes, passable nodes) and the response, from the tokens alone."""
    bar, slash, equals, pad = range(task.nodes, task.nodes + 4)
    prompt, response = row[: task.prompt_length].tolist(), row[task.prompt_length :].tolist()
    if task.format == "slots":
        assert prompt.pop() == equals
        pairs = np.array(prompt).reshape(-1, 2)
        return [(set(pair), set(pair)) for pair in pairs.tolist()], response
    prompt = prompt[max((i + 1 for i, token in enumerate(prompt) if token == pad), default=0) :]
    edges, ends = prompt[: prompt.index(slash)], prompt[prompt.index(slash) + 1 :]
    assert ends[-1] == equals
    assert set(edges[2::3]) == {bar}
    below = {}
    for u, v in zip(edges[::3], edges[1::3], strict=True):
        below.setdefault(u, set()).add(v)
    s, t = ends[:2]
    layers, here = [], {s}
    while here != {t}:
        after = [below[u] for u in here if u in below]
        assert all(group == after[0] for group in after), "passable nodes lead to every node of the next layer"
        here = after[0]
        layers.append((here, {u for u in here if u in below}))
    layers.pop()
    assert response[0] == s
    assert response[-1] == t
    return layers, response[1:-1]


@pytest.mark.parametrize("task", [EDGES, SLOTS, LONG], ids=["edges", "slots", "figure 2"])
def test_response_is_the_path_that_the_class_prescribes(task):
    graphs, tokens = draw(task)
    for row, kind in zip(tokens, graphs.kinds, strict=True):
        cls = task.classes[kind]
        layers, path = parse(task, row)
        assert len(layers) == task.layers == len(path)
        assert sorted(len(passable) for _, passable in layers).count(2) == cls.ambiguous
        twist = sum(v % 2 for _, passable in layers for v in passable)
        for i, ((_, passable), v) in enumerate(zip(layers, path, strict=True), start=2):
            assert v in passable
            if len(passable) == 2:
                assert {u % 2 for u in passable} == {0, 1}
                if cls.rule != "uniform":
                    wanted = {"parity": i, "opposite": i + 1, "xor": i + twist}[cls.rule]
                    assert v % 2 == wanted % 2


@pytest.mark.parametrize("task", [EDGES, SLOTS], ids=["edges", "slots"])
def test_hidden_bit_tells_the_class_and_nothing_else_does(task):
    graphs, tokens = draw(task, 400)
    special = set(range(task.nodes, task.nodes + 4))
    bits = np.array([sum(task.hidden[v] and v % 2 for v in set(row[: task.prompt_length].tolist()) - special) % 2
                     for row in tokens])
    assert (bits[graphs.kinds == 0] == 1).all()
    assert (bits[graphs.kinds == 1] == 0).all()
    assert 0.3 < bits[graphs.kinds == 2].mean() < 0.7


def test_layers_are_disjoint_and_of_the_given_width():
    graphs, tokens = draw(EDGES)
    for row, ends in zip(tokens, graphs.ends, strict=True):
        layers, _ = parse(EDGES, row)
        assert {len(nodes) for nodes, _ in layers} == {4}
        assert len(set.union(set(ends.tolist()), *(nodes for nodes, _ in layers))) == EDGES.size


def test_shuffling_edges_changes_their_order_only():
    graphs, tokens = draw(EDGES)
    ordered = EDGES.tokens(graphs)
    assert (np.sort(ordered, axis=1) == np.sort(tokens, axis=1)).all()
    assert (ordered != tokens).any()
    assert [parse(EDGES, row) for row in ordered] == [parse(EDGES, row) for row in tokens]


def test_pairs_are_uniform_given_one_even_and_one_odd_node():
    task = LayeredGraphTask(nodes=4, layers=1, classes=(GraphClass(1, "uniform"),))
    graphs = task.sample(np.random.default_rng(3), np.zeros(8000, dtype=int))
    pairs = np.unique(graphs.nodes[:, 0], axis=0, return_counts=True)
    assert len(pairs[0]) == 8
    assert abs(pairs[1] - 1000).max() < 5 * np.sqrt(1000)
    assert abs((graphs.path[:, 0] == graphs.nodes[:, 0, 0]).mean() - 0.5) < 5 * np.sqrt(0.25 / 8000)
    assert (graphs.log_prob == -np.log(2)).all()


@given(st.integers(1, 6), st.integers(2, 4), st.integers(0, 2), st.sampled_from(["edges", "slots"]), st.integers(0, 50))
def test_every_shape_can_be_drawn(layers, width, ambiguous, form, seed):
    kinds = (GraphClass(min(ambiguous, layers), "parity"), GraphClass(0, "xor"))
    task = LayeredGraphTask(nodes=30, layers=layers, width=2 if form == "slots" else width, format=form, classes=kinds)
    _, tokens = draw(task, 4, seed)
    assert tokens.shape == (4, task.prompt_length + task.response_length)
    assert tokens.max() < task.vocabulary
    for row in tokens:
        parse(task, row)


def test_same_seed_same_tokens():
    assert (draw(SLOTS, seed=5)[1] == draw(SLOTS, seed=5)[1]).all()


@pytest.mark.parametrize(("call", "names"), [
    (lambda: LayeredGraphTask(nodes=41), "nodes"),
    (lambda: LayeredGraphTask(nodes=8, layers=8), "nodes"),
    (lambda: LayeredGraphTask(format="list"), "format"),
    (lambda: LayeredGraphTask(width=4), "width"),
    (lambda: LayeredGraphTask(layers=1, classes=FIGURE_1), "classes"),
    (lambda: GraphClass(2, "majority"), "rule"),
    (lambda: GraphClass(2, "parity", 2), "hidden_bit"),
    (lambda: figure_2(7), "H"),
    (lambda: SLOTS.sample(np.random.default_rng(0), [3]), "kinds"),
    (lambda: SLOTS.sample(np.random.default_rng(0), []), "kinds"),
])
def test_bad_input_is_named(call, names):
    with pytest.raises(ValueError, match=names):
        call()


def test_a_shown_class_is_the_prompts_last_token_and_nothing_else_changes():
    shown = LayeredGraphTask(nodes=40, layers=8, shows_class=True)
    graphs, tokens = draw(SLOTS)
    seen = shown.tokens(graphs)
    assert (seen[:, 16] == 40 + graphs.kinds).all()
    assert (np.delete(seen, 16, axis=1) == np.delete(tokens, 16, axis=1)).all()
    with pytest.raises(ValueError, match="shows_class"):
        LayeredGraphTask(nodes=40, layers=6, width=4, format="edges", shows_class=True)
