"""The most frequent training label for every example."""

from __future__ import annotations

import numpy as np
from sklearn.dummy import DummyClassifier


class Majority:
    """Predicts the most frequent label; the probabilities are the labels' shares in training."""

    def fit(self, train, spec):
        """Count the labels."""
        labels = train[spec["target"]]
        self._model = DummyClassifier(strategy="prior").fit(np.zeros((len(labels), 1)), labels)
        self.classes_ = self._model.classes_

    def predict(self, data):
        """Return the same label for every row."""
        return self._model.predict(np.zeros((len(data), 1)))

    def predict_proba(self, data):
        """Return the labels' shares for every row, in the order of `classes_`."""
        return self._model.predict_proba(np.zeros((len(data), 1)))
