"""The key of the student's copy: it recognises an answer without containing it.

The copy that a lecturer hands out has no :mod:`classroom.solutions`. Its key holds, for the right answer and for every
usual mistake, one *lock*: a digest of the answer's place on a logarithmic grid as fine as the tolerance, and the
message, encrypted with that place. Opening a lock takes the answer; reading the file gives neither number nor text.
This keeps honest students honest; who wants to try all numbers by a program can.
"""

import hashlib
import math

RTOL = 1e-3
"""The tolerance of the key: three correct digits, as in :func:`classroom.exercises.check`."""

ROUNDS = 4_000
"""Iterations of the key derivation, so that trying all places of one exercise takes a minute and not a second."""

WIDTH = 200
"""Bytes to which messages are filled up, so that their lengths do not tell them apart."""

Lock = dict[str, str | float]


def lock(exercise: str, answer: float, message: str) -> Lock:
    """Return the lock that opens with ``answer``, within the tolerance, and then says ``message``.

    Examples
    --------
    >>> key = [lock("x", 0.25, "right.")]
    >>> unlock("x", 0.25001, key), unlock("x", 0.26, key)
    ('right.', None)
    """
    shift = math.log(abs(answer)) % (2 * RTOL) if abs(answer) > 1e-12 else 0.0
    text = message.encode().ljust(WIDTH)
    stream = _stream(exercise, answer, shift, len(text))
    return {"shift": shift, "tag": stream[:8].hex(),
            "message": bytes(a ^ b for a, b in zip(text, stream[8:], strict=True)).hex()}


def unlock(exercise: str, answer: float, locks: list[Lock]) -> str | None:
    """Return the message of the first lock that the answer opens, or nothing."""
    for one in locks:
        text = bytes.fromhex(one["message"])
        stream = _stream(exercise, answer, one["shift"], len(text))
        if stream[:8].hex() == one["tag"]:
            return bytes(a ^ b for a, b in zip(text, stream[8:], strict=True)).decode().rstrip()
    return None


def _stream(exercise: str, answer: float, shift: float, length: int) -> bytes:
    if not math.isfinite(answer):
        place = repr(answer)
    elif abs(answer) <= 1e-12:
        place = "zero"
    else:
        place = f"{math.copysign(1, answer):.0f} {round((math.log(abs(answer)) - shift) / (2 * RTOL))}"
    key = hashlib.pbkdf2_hmac("sha256", f"{exercise} {place}".encode(), shift.hex().encode(), ROUNDS)
    return hashlib.shake_256(key).digest(8 + length)
