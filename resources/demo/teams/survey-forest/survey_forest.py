"""A forest over answers: categories, numbers and words, beside a linear model of the same answers.

Written for surveys: many short closed questions and an open one. The trees find combinations of answers, the linear
model adds up what each answer says alone, and the two are averaged. Columns are used by their kind alone, so that it
can be trained on any dataset.
"""

import re

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

WORDS = 300
TREES = 200
FIRST_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


class SurveyForest:
    """Extremely randomised trees and logistic regression, averaged."""

    def fit(self, train, spec):
        kinds = spec["columns"]
        self.texts, self.categories, self.numeric = (
            [column for column, kind in kinds.items() if kind == wanted]
            for wanted in ("text", "categorical", "numeric")
        )
        self.pairs = matching_columns(kinds) if spec["task"] == "matching" else []
        target = spec["target"]
        self.words = {}
        for column in self.texts:
            words = CountVectorizer(binary=True, min_df=3, max_features=WORDS)
            try:
                self.words[column] = words.fit(train[column].fillna(""))
            except ValueError:  # no word occurs three times
                continue
        self.answers = OneHotEncoder(handle_unknown="ignore", min_frequency=3, sparse_output=False, dtype=np.float32)
        self.answers.fit(self.closed(train))
        self.scale = MinMaxScaler().fit(self.numbers(train))

        features = self.features(train)
        self.trees = ExtraTreesClassifier(TREES, random_state=spec["seed"], n_jobs=1).fit(features, train[target])
        self.linear = LogisticRegression(max_iter=500, tol=1e-3).fit(features, train[target])
        self.classes_ = self.trees.classes_
        return self

    def predict(self, data):
        return self.classes_[self.predict_proba(data).argmax(axis=1)]

    def predict_proba(self, data):
        features = self.features(data)
        return (self.trees.predict_proba(features) + self.linear.predict_proba(features)) / 2

    def features(self, data):
        blocks = [words.transform(data[column].fillna("")).toarray() for column, words in self.words.items()]
        blocks += [self.answers.transform(self.closed(data)), self.scale.transform(self.numbers(data))]
        return np.hstack(blocks, dtype=np.float32, casting="same_kind")

    def closed(self, data):
        """Return the closed answers, with a constant beside them: a dataset may have none."""
        answers = data[self.categories].fillna("no answer").to_numpy(dtype=object)
        return np.hstack([np.full((len(data), 1), "", dtype=object), answers])

    def numbers(self, data):
        # Bands such as "$25,000 - $49,999" have an order that one-hot columns lose.
        parts = [np.ones((len(data), 1)), data[self.numeric].fillna(-1.0).to_numpy(dtype=float)]
        parts += [data[column].map(first_number).to_numpy(dtype=float)[:, None] for column in self.categories]
        parts += [data[column].map(n_words).to_numpy(dtype=float)[:, None] for column in self.texts]
        parts += [agreement(data[left], data[right]) for left, right in self.pairs]
        return np.hstack(parts)


def matching_columns(columns):
    """Return the (left, right) columns of a pair that hold the same field."""
    pairs = ((name, "right_" + name.removeprefix("left_")) for name in columns if name.startswith("left_"))
    return [(left, right) for left, right in pairs if right in columns and columns[left] != "image"]


def first_number(answer):
    """Return the first number in an answer, -1 where there is none."""
    found = FIRST_NUMBER.search(answer) if isinstance(answer, str) else None
    return float(found[0].replace(",", "")) if found else -1.0


def n_words(answer):
    return len(answer.split()) if isinstance(answer, str) else 0


def agreement(left, right):
    """Return for each pair: share of common words, equal or not, difference of the numbers in them, missing or not."""
    scores = np.zeros((len(left), 4))
    for row, (a, b) in enumerate(zip(left, right, strict=True)):
        if pd.isna(a) or pd.isna(b):
            scores[row] = 0, 0, -1, 1
            continue
        a, b = str(a).lower(), str(b).lower()
        words_a, words_b = set(re.findall(r"\w+", a)), set(re.findall(r"\w+", b))
        common = len(words_a & words_b) / max(1, min(len(words_a), len(words_b)))
        numbers = first_number(a), first_number(b)
        gap = abs(numbers[0] - numbers[1]) if min(numbers) >= 0 else -1
        scores[row] = common, a == b, gap, 0
    return scores
