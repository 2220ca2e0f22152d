"""Panel 6: sampling with an imperfect verifier, forwards and with backtracking (notebooks 14 and 25)."""

import numpy as np

from covtheory.bounds import verifiers as bounds
from covtheory.instances.verifiers import alternating, two_sided_tree
from covtheory.samplers.backtracking import (
    ValueTree,
    action_level_law,
    complete_tree,
    first_leaf_law,
    spectral_gap,
)
from publishing.explorer.spec import ZERO, axis, chart, choose, control, mark, number, panel, table

FACTORS = np.array([1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16])
HEIGHTS = np.arange(2, 8)
LONG = np.arange(2, 13)
DELTA = 0.05
ERRORS = ("siblings", "levels")


def verifier() -> dict:
    """Return the panel."""
    far = np.array([[[distances(tree(error, H, k)) for H in LONG] for k in FACTORS] for error in ERRORS])
    forward, first = far[..., 0], far[..., 1]  # errors, kappa, H
    walk = np.array([[[steps(tree(error, H, k), k) for H in HEIGHTS] for k in FACTORS] for error in ERRORS])
    gap, mixing, output = np.moveaxis(walk, -1, 0)
    gap_bound = np.array([[float(bounds.spectral_gap(k, H)) for H in HEIGHTS] for k in FACTORS])
    T = np.array([[float(bounds.steps_total_variation(k, H, DELTA)) for H in HEIGHTS] for k in FACTORS])
    near = slice(0, len(HEIGHTS))
    factor = axis("error factor κ of the verifier", 1, 16, log=True, ticks=[1, 2, 4, 8, 16])
    here = table("kappa", FACTORS)
    lengths, now = axis("length H of the answer", 2, 12, ticks=[2, 4, 6, 8, 10, 12]), table("H", HEIGHTS)
    return panel(
        "verifier", "How wrong may a verifier be?",
        "A verifier scores unfinished answers of H binary steps; every score is wrong by a factor κ, up or down, and "
        "only finished answers are scored right. Going <b>forwards</b>, the sampler trusts the scores. The "
        "<b>walk</b> may also step back.",
        [control("kappa", "Error factor κ", FACTORS, 2), control("H", "Length H", HEIGHTS, 6),
         control("error", "The errors differ between", ERRORS, "siblings", kind="select",
                 texts=["siblings (κ and 1/κ)", "levels (κ and 1/κ in turn)"])],
        [chart("Distance from the right law", "Total variation against the length: that of the forward sampler grows "
               "towards one, the first response of the walk has a bias, the walk's output stays below 0.05.", lengths,
               axis("total variation", -0.02, 1),
               [mark("points", "forwards", LONG, table("error kappa", forward), "orange", secret=True),
                mark("points", "walk, first answer", LONG, table("error kappa", first), "green", secret=True),
                mark("points", "walk to H = 7", HEIGHTS, table("error kappa", output), "blue", secret=True),
                mark("across", "aim: 0.05", None, DELTA, "grey"), mark("down", "H", now, None, control="H"),
                mark("dot", "", now, table("error kappa H", forward[..., near]), "orange", secret=True),
                mark("dot", "", now, table("error kappa H", first[..., near]), "green", secret=True),
                mark("dot", "", now, table("error kappa H", output), "blue", secret=True)]),
         chart("What stepping back costs", "Steps of the walk against the error factor on logarithmic axes: mixing "
               "time and inverse spectral gap, each below its bound, all with the slope of the square of the error "
               "factor at most.",
               factor, axis("steps", 4, 1e6, log=True),
               [mark("points", "T, theorem", FACTORS, table("H", T.T), "black"),
                mark("points", "mixing time", FACTORS, table("error H", mixing.transpose(0, 2, 1)), "blue"),
                mark("points", "1/gap, bound", FACTORS, table("H", 1 / gap_bound.T), "pink"),
                mark("points", "1/gap", FACTORS, table("error H", 1 / gap.transpose(0, 2, 1)), "green"),
                mark("down", "κ", here, None, control="kappa"),
                mark("dot", "", here, table("kappa H", T), "black"),
                mark("dot", "", here, table("error kappa H", mixing), "blue"),
                mark("dot", "", here, table("kappa H", 1 / gap_bound), "pink"),
                mark("dot", "", here, table("error kappa H", 1 / gap), "green")])],
        [number("forwards, distance", table("error kappa H", forward[..., near]), "", "orange", secret=True),
         number("first answer, distance", table("error kappa H", first[..., near]), "", "green", secret=True),
         number("walk after T steps, distance", table("error kappa H", output), "", "blue", secret=True),
         number("mixing time", table("error kappa H", mixing), "steps", "blue"),
         number("T of the theorem", table("kappa H", T), "steps"),
         number("spectral gap", table("error kappa H", gap), "", "green"),
         number("its bound", table("kappa H", gap_bound), "", "pink")],
        "With κ = 2 each score is off by a factor two, yet going forwards the errors multiply with every step: "
        "lengthen the answer and watch the orange curve. The walk pays in steps, like κ²H² at most (up to a "
        "logarithm), and its output is right. Errors that are equal for all siblings never mislead the forward "
        "sampler; they slow the walk down the most. Mixing time: steps until the walk is so close to its stationary "
        "law that its answers are within 0.05 of the right law. The walk's law after T steps is computed exactly up "
        "to H = 7, where it has 255 states and takes thousands of steps; the others up to H = 12.",
        [("14", "spectrum, mixing time, and what going forwards loses", "The walk forgets"),
         ("25", "the law of the first answer", "The law of the first response")],
        choose("Every score is off by a factor of two at most. Answers have 12 steps. How far from the right law does "
               "a sampler get that trusts the scores on the way?",
               [("about as far as in one step", "The errors multiply: the distance grows with every step."),
                ("most of the way: the distance is above one half", "Yes: the errors multiply along the way, and at "
                 "H = 12 more than half of the mass is in the wrong place."),
                ("not at all: scores of finished answers are right", "That helps the last step only; on the way down "
                 "the sampler has long gone wrong.")], right=1))


def tree(error: str, H: int, kappa: float) -> ValueTree:
    """All ``2^H`` answers right, scores wrong between siblings or between levels."""
    if error == "siblings":
        return two_sided_tree(int(H), float(kappa))
    return alternating(complete_tree(2, int(H), np.ones(2 ** int(H))), float(kappa))


def distances(found: ValueTree) -> tuple[float, float]:
    """Total variation to the target: of the forward sampler, of the first answer that the walk meets."""
    target = found.target()
    laws = action_level_law(found), first_leaf_law(found.walk())
    return tuple(clean(np.abs(law - target).sum() / 2) for law in laws)


def steps(found: ValueTree, kappa: float) -> tuple[float, float, float]:
    """Spectral gap, mixing time, and the output's distance from the target after the theorem's steps."""
    walk = found.walk()
    mixing = walk.mixing_time(DELTA * walk.leaf_mass)
    T = int(bounds.steps_total_variation(kappa, found.H, DELTA))
    return spectral_gap(walk), float(mixing), clean(float(walk.leaf_distance(T)))


def clean(distance: float) -> float:
    """Distances that are zero up to round-off become zero, and so the same on every machine."""
    return 0.0 if distance < ZERO else float(distance)
