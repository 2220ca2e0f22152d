"""The TeX of tokens that are a formula."""

from publishing.statement_letters import LOWERED, RAISED, SIGNS, atom, greek, letter
from publishing.statement_tokens import says


def tex(tokens):
    """Return the TeX of tokens that are a formula."""
    made, at = [], 0
    while at < len(tokens):
        kind, text = tokens[at]
        if kind == "space":
            around = [tokens[place] for place in (at - 1, at + 1) if 0 <= place < len(tokens)]
            if len(around) == 2 and all(kind not in ("sign", "stop", "function", "text") for kind, _ in around) and (
                    any(kind in ("name", "at") for kind, _ in around) or mean(tokens, at - 1)
                    or around[1][1][0] == "d"):
                made.append(r"\,")
            at += 1
        elif kind in ("script", "raised", "lowered"):
            at, scripts = _scripts(tokens, at)
            made.append(scripts)
        elif kind == "root":
            at, inside = _operand(tokens, at + 1)
            made.append(rf"\sqrt{{{inside}}}")
        elif kind == "text":
            end = at
            while end < len(tokens) and tokens[end][0] in ("text", "space"):
                end += 1
            words = "".join(word for _, word in tokens[at:end])
            made.append(rf"\text{{{' ' * (tokens[at - 1][0] == 'space')}{words}}}")
            at = end
        else:
            made.append(atom(kind, text, at + 1 < len(tokens) and mean(tokens, at)))
            at += 1
    return "".join(made).strip()


def mean(tokens, at):
    """Whether a token is the sign of an expectation or a probability: what it is of follows at once, or in brackets."""
    kind, text = tokens[at]
    if kind != "letter" or text not in ("E", "P") or at + 1 >= len(tokens):
        return False
    end = at + 1
    if tokens[end] == ("script", "_"):
        end, _ = _operand(tokens, end + 1, script=True)
    after, beyond = (tokens[place] if place < len(tokens) else ("stop", "") for place in (end, end + 1))
    if text == "P":
        return after[1] == "[" or (after[1] == "(" and says(tokens, end))
    return after[1] in ("[", "||", "‖") or (after[1] == "(" and end == at + 1) or (
        after[0] == "space" and (beyond[0] in ("letter", "name", "function", "open") or beyond[1] in ("Σ", "∏")))


def _scripts(tokens, at):
    """Return where indices and powers end, and their TeX: all lower ones, then all upper ones; a star below a power."""
    lower, upper = [], []
    while at < len(tokens) and tokens[at][0] in ("script", "raised", "lowered"):
        kind, text = tokens[at]
        if kind == "raised":
            upper += [RAISED[character] for character in text]
            at += 1
        elif kind == "lowered":
            lower += [LOWERED[character] for character in text]
            at += 1
        else:
            at, inside = _operand(tokens, at + 1, script=True)
            (lower if text == "_" else upper).append(inside)
    if len(upper) > 1 and upper[0] in ("*", RAISED["⋆"]) and not lower:
        lower, upper = [RAISED["⋆"]], upper[1:]
    return at, "".join(f"{sign}{{{''.join(parts).strip()}}}" for sign, parts in (("_", lower), ("^", upper)) if parts)


def _operand(tokens, at, script=False):
    """Return where what an index, a power or a root takes ends, and its TeX, without brackets around it."""
    if at >= len(tokens):
        return at, ""
    kind, text = tokens[at]
    if kind == "open" and text in "({":
        depth, end = 1, at + 1
        while depth:
            depth += {"open": 1, "close": -1}.get(tokens[end][0], 0)
            end += 1
        return end, tex(tokens[at + 1:end - 1])
    if kind == "sign" and script and text in "-−<+":
        index = at + 1 < len(tokens) and tokens[at + 1][0] in ("number", "letter", "letters")
        if text == "+" or (text in "-−" and not index):  # r_-(H - 1): the index is the sign alone
            return at + 1, SIGNS[text]
        at, inside = _operand(tokens, at + 1, script)
        return at, SIGNS[text] + inside
    made = ""
    if kind == "number":
        made, at = atom(kind, text), at + 1
        if script and at < len(tokens) and tokens[at][0] in ("letter", "letters"):
            kind, text = tokens[at]
    if kind in ("letter", "letters", "name", "function", "words", "raised") or text in "∞ℓ":
        word = (kind in ("letters", "name", "words", "function") and len(text) > 2) or text == "ref"
        made += (r"\infty " if text == "inf" else greek(text) or rf"\mathrm{{{text}}}" if word else
                 RAISED[text] if kind == "raised" else letter(text) if kind == "letter" else
                 SIGNS.get(text) or text)
        at += 1
    while script and kind == "letter" and at < len(tokens) and tokens[at][0] in ("letter", "letters"):
        made, at = made + atom(*tokens[at]), at + 1
    marks = ""
    while script and at < len(tokens) and tokens[at][0] == "raised" and tokens[at][1] in ("*", "⋆", "'", "’", "′", "″"):
        marks, at = marks + RAISED[tokens[at][1]], at + 1
    if marks:
        made = f"{made.strip()}^{{{marks.strip()}}}"
    elif not script and at < len(tokens) and tokens[at][0] in ("script", "raised", "lowered") and kind != "number":
        at, scripts = _scripts(tokens, at)
        made += scripts
    return at, made
