"""Read facts out of frozen features by one linear map, fitted in closed form.

    W = argmin ||Z W - (Y - mean Y)||^2 + l m ||W||^2 = (Z'Z + l m I)^-1 Z'(Y - mean Y)

for the standardised features Z (m, F) of m rows and the truth Y (m, K), in float64: no draw, no step, so that the same
features always give the same map. (Linear probes: Alain and Bengio, arXiv 1610.01644; ridge: Hoerl and Kennard 1970.)
"""

from dataclasses import dataclass

import torch
from torch import Tensor

RIDGE = 1e-3
"""l: enough that features which say the same thing twice have a solution, too little to blunt the map."""
STILL, RARE = 1e-6, 1e-2
"""Least deviations of a feature and of a target, for those that never vary or hardly ever."""


@dataclass(frozen=True, slots=True)
class Readout:
    """Hold a map from features (m, F) to targets (m, K): means and deviations of both, and the weights (F, K)."""

    mean: Tensor
    deviation: Tensor
    weights: Tensor
    offset: Tensor
    spread: Tensor

    @classmethod
    def fit(cls, features: Tensor, targets: Tensor) -> "Readout":
        """Fit the map to rows of features and targets."""
        features, targets = features.double(), targets.double()
        mean, deviation = features.mean(0), features.std(0).clamp(min=STILL)
        standard, offset = (features - mean) / deviation, targets.mean(0)
        gram = standard.T @ standard + RIDGE * len(standard) * torch.eye(standard.shape[1], dtype=torch.float64)
        weights = torch.linalg.solve(gram, standard.T @ (targets - offset))
        return cls(mean, deviation, weights, offset, targets.std(0).clamp(min=RARE))

    def __call__(self, features: Tensor) -> Tensor:
        """Read the targets (m, K) out of features."""
        return (features.double() - self.mean) / self.deviation @ self.weights + self.offset
