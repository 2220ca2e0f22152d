"""Rows of evaluation tools that say which draws were right, as ``task_id, n, c``: draws and successes."""

from covtheory.own_model.formats.scored import Tool, document, kept_filter, scored_pair


class EvalPlus(Tool):
    """``eval_results.json`` of evalplus; ``--filter base`` counts the original tests alone."""

    name, title, unit = "evalplus", "evalplus results", "task"

    @staticmethod
    def recognises(row: dict) -> bool:
        """Whether this is one task out of the file's ``eval``."""
        return "evalplus" in row

    def rows(self, row: dict) -> list[dict]:
        """Draws and successes of one task."""
        held = row["evalplus"]
        if isinstance(held, dict):  # the older layout: lists of [status, details]
            tests = {name: [entry[0] if isinstance(entry, list) and entry else entry for entry in held.get(name) or []]
                     for name in ("base", "plus")}
        elif isinstance(held, list) and all(isinstance(entry, dict) for entry in held):
            tests = {"base": [entry.get("base_status", entry.get("status")) for entry in held],
                     "plus": [entry.get("plus_status") for entry in held]}
            if None in tests["base"]:
                raise ValueError("a solution without 'base_status' or 'status'")
        else:
            raise ValueError("expected a list of solutions")
        base, plus = ([self._passed(status) for status in tests[name]] for name in ("base", "plus"))
        extended = self.chosen != "base" and len(plus) == len(base) and any(status is not None for status in plus)
        self.notes["tasks counted with " + ("the plus tests too" if extended else "the base tests")] += 1
        right = [bool(b and (p or not extended)) for b, p in zip(base, plus if extended else base, strict=True)]
        return [{"task_id": row["task_id"], "n": len(right), "c": sum(right)}]

    @staticmethod
    def _passed(status):
        if status is None:
            return None
        if str(status) not in ("pass", "success", "fail", "failed", "timeout", "timed out"):
            raise ValueError(f"status {status!r} is unknown")
        return str(status) in ("pass", "success")


class LmEvalDrawn(Tool):
    """``samples_*.jsonl`` of lm-eval for tasks that draw responses; filters are chosen, never both counted.

    A filter usually keeps one of the repeats, and only that one is scored: n = 1. If "equal to the target" gives the
    recorded score of the first repeat in every document, it is the score, and all repeats count.
    """

    name, title, unit = "lm-eval", "lm-eval samples (generation)", "document"

    @staticmethod
    def recognises(row: dict) -> bool:
        """Whether this is a sample whose responses are texts."""
        response = row.get("resps")
        if scored_pair(response):
            return False
        while isinstance(response, list) and response:
            response = response[0]
        return "doc_id" in row and isinstance(response, str)

    def rows(self, row: dict) -> list[dict]:
        """Draws and successes of one document: of the filter, and of all repeats by comparison with the target."""
        if not kept_filter(self, row):
            return []
        drawn = row["resps"]
        if isinstance(drawn[0], list):
            if len(drawn) != 1:
                raise ValueError(f"{len(drawn)} requests a document, expected one")
            drawn = drawn[0]
        metric = next((name for name in [*(row.get("metrics") or []), "exact_match", "acc", "pass@1"]
                       if isinstance(name, str) and type(row.get(name)) in (int, float, bool)), None)
        if metric is None:
            raise ValueError("no score in this row")
        score = float(row[metric])
        if score not in (0.0, 1.0):
            raise ValueError(f"{metric} is {score:g}: neither right nor wrong")
        target = str(row.get("target")).strip()
        right = [str(text).strip() == target for text in drawn]
        kept = row.get("filtered_resps")
        kept = kept[0] if isinstance(kept, list) and len(kept) == 1 and isinstance(kept[0], list) else kept
        return [{"task_id": document(row), "n": 1, "c": score, "n_all": len(right), "c_all": sum(right),
                 "agrees": float(right[0] == bool(score) and isinstance(kept, list) and len(kept) in (1, len(right)))}]
