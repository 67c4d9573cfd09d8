"""The slow twin of how a measurement is doubted: each is left out in turn."""

import numpy as np

__all__ = ["left_out_one_by_one"]


def left_out_one_by_one(measured: np.ndarray, left: np.ndarray, freedom: float) -> np.ndarray:
    """Its square error as noise for the worst measurement, where it is four deviations from what the others expect."""
    scores, errors, limits = [], [], []
    for i in range(len(left)):
        rest = [j for j in range(len(left)) if j != i]
        inverse = np.linalg.inv(measured[np.ix_(rest, rest)])
        errors.append(left[i] - measured[i, rest] @ inverse @ left[rest])
        variance = measured[i, i] - measured[i, rest] @ inverse @ measured[rest, i]
        scores.append(abs(errors[i]) / np.sqrt(variance))
        limits.append(4.0 * np.sqrt((freedom + left[rest] @ inverse @ left[rest]) / (freedom + len(rest) - 1)))
    added, worst = np.zeros(len(left)), int(np.argmax(scores))
    if len(left) > 2 and scores[worst] > limits[worst]:
        added[worst] = errors[worst] ** 2
    return added
