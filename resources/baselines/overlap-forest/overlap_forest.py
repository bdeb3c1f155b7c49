"""A random forest on how much the two records of a pair have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

_LEFT, _RIGHT = "left_", "right_"
_N_HASHES = 2**20
_WORDS = HashingVectorizer(
    n_features=_N_HASHES, binary=True, norm=None, alternate_sign=False, token_pattern=r"(?u)\b\w+\b"
)
_TRIPLES = HashingVectorizer(
    n_features=_N_HASHES, binary=True, norm=None, alternate_sign=False, analyzer="char_wb", ngram_range=(3, 3)
)


class OverlapForest:
    """Compares columns of the same name, and the two records as a whole."""

    def fit(self, train, spec):
        """Weigh the words, compare the pairs, grow the forest."""
        kinds = spec["columns"]
        texts = [column for column, kind in kinds.items() if kind != "image" and column in train]
        self._left = [column for column in texts if column.startswith(_LEFT)]
        self._right = [column for column in texts if column.startswith(_RIGHT)]
        self._pairs = [
            (left, right) for left in self._left if (right := _RIGHT + left.removeprefix(_LEFT)) in self._right
        ]
        left, right = _record(train, self._left), _record(train, self._right)
        self._weights = TfidfTransformer().fit(_WORDS.transform(pd.concat([left, right])))
        forest = RandomForestClassifier(n_estimators=300, min_samples_leaf=2, random_state=spec["seed"], n_jobs=1)
        self._forest = forest.fit(self._compare(train), train[spec["target"]])
        self.classes_ = self._forest.classes_

    def predict(self, data):
        """Return a label per pair."""
        return self._forest.predict(self._compare(data))

    def predict_proba(self, data):
        """Return a probability per pair and label, in the order of `classes_`."""
        return self._forest.predict_proba(self._compare(data))

    def _compare(self, data):
        """Return the features of each pair, shape (n, features)."""
        left, right = _record(data, self._left), _record(data, self._right)
        weighted = [self._weights.transform(_WORDS.transform(text)) for text in (left, right)]
        features = [*_overlaps(left, right), _row_sums(weighted[0].multiply(weighted[1]))]
        for one, other in self._pairs:
            features += [*_overlaps(_text(data[one]), _text(data[other])), *_distances(data[one], data[other])]
        return np.column_stack(features)


def _text(column):
    """Return a column as text, "" where missing."""
    return column.astype(object).where(column.notna(), "").astype(str)


def _record(data, columns):
    """Return the texts of some columns, joined by blanks."""
    joined = pd.Series("", index=data.index, dtype=object)
    for column in columns:
        joined = joined + " " + _text(data[column])
    return joined


def _overlaps(left, right):
    """Return what two columns of text share: words and letter triples as Jaccard and containment, and equality."""
    features = [(left == right).to_numpy(dtype=float), ((left == "") | (right == "")).to_numpy(dtype=float)]
    for vectorizer in (_WORDS, _TRIPLES):
        one, other = vectorizer.transform(left), vectorizer.transform(right)
        shared, n_one, n_other = _row_sums(one.multiply(other)), _row_sums(one), _row_sums(other)
        features.append(shared / np.maximum(n_one + n_other - shared, 1))
        features.append(shared / np.maximum(np.minimum(n_one, n_other), 1))
    return features


def _distances(left, right):
    """Return how far two columns of numbers lie apart, absolutely and relatively; -1 where one is no number."""
    one, other = (pd.to_numeric(column, errors="coerce").to_numpy(dtype=float) for column in (left, right))
    known = np.isfinite(one) & np.isfinite(other)
    one, other = np.where(known, one, 0.0), np.where(known, other, 0.0)
    apart = np.abs(one - other)
    relative = apart / np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-12)
    return [np.where(known, apart, -1.0), np.where(known, relative, -1.0)]


def _row_sums(matrix):
    return np.asarray(matrix.sum(axis=1)).ravel()
