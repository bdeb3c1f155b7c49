"""Characters of the text and colours of the picture, in one linear model.

Written for small illustrated catalogues: a short name says most, and where it says nothing the picture helps. Columns
are used by their kind alone, so that it can be trained on any dataset.
"""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MinMaxScaler

THUMBNAIL = 8
HUES = 12
STRENGTHS = (1.0, 3.0, 10.0, 30.0)
WITHOUT_VALIDATION = 10.0
PICTURE_WEIGHT = 0.15


class PixelAndName:
    """Logistic regression over character n-grams of every text and colours and shapes of every picture.

    The strength of the regularisation is chosen on the validation split where there is one.
    """

    def fit(self, train, spec, validation=None):
        self.texts = [column for column, kind in spec["columns"].items() if kind == "text"]
        self.pictures = [column for column, kind in spec["columns"].items() if kind == "image"]
        self.pairs = matching_columns(spec["columns"]) if spec["task"] == "matching" else []
        target = spec["target"]
        self.n_grams = {}
        for column in self.texts:
            n_grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
            try:
                self.n_grams[column] = n_grams.fit(train[column].fillna(""))
            except ValueError:  # no n-gram occurs twice
                continue
        self.scale = MinMaxScaler().fit(self.looks(train))

        features = self.features(train)
        strengths = (WITHOUT_VALIDATION,) if validation is None else STRENGTHS
        models = [LogisticRegression(C=strength, max_iter=500, tol=1e-3) for strength in strengths]
        for model in models:
            model.fit(features, train[target])
        self.model = models[0]
        if validation is not None:
            held_out = self.features(validation)
            self.model = max(models, key=lambda model: model.score(held_out, validation[target]))
        self.classes_ = self.model.classes_
        return self

    def predict(self, data):
        return self.model.predict(self.features(data))

    def predict_proba(self, data):
        return self.model.predict_proba(self.features(data))

    def features(self, data):
        blocks = [n_grams.transform(data[column].fillna("")) for column, n_grams in self.n_grams.items()]
        blocks.append(PICTURE_WEIGHT * self.scale.transform(self.looks(data)))
        blocks += [similarity(data[left], data[right]) for left, right in self.pairs]
        return sparse.hstack(blocks, format="csr")

    def looks(self, data):
        """Return the numbers that describe the pictures, with a constant beside them: a dataset may have none."""
        described = [np.array([describe(path) for path in data[column]]) for column in self.pictures]
        return np.hstack([np.ones((len(data), 1)), *described])


def matching_columns(columns):
    """Return the (left, right) columns of a pair that hold the same field as text."""
    pairs = ((name, "right_" + name.removeprefix("left_")) for name in columns if name.startswith("left_"))
    return [(left, right) for left, right in pairs if right in columns and columns[left] != "image"]


def similarity(left, right):
    """Return how many character trigrams two fields share, and whether they can be compared at all."""
    scores = np.zeros((len(left), 2))
    for row, (a, b) in enumerate(zip(left, right, strict=True)):
        if pd.isna(a) or pd.isna(b):
            scores[row, 1] = 1.0
            continue
        a, b = trigrams(str(a)), trigrams(str(b))
        scores[row, 0] = 2 * len(a & b) / (len(a) + len(b))
    return scores


def trigrams(text):
    text = "".join(character if character.isalnum() else " " for character in text.lower())
    text = "  " + " ".join(text.split()) + "  "
    return {text[place : place + 3] for place in range(len(text) - 2)}


def describe(path):
    """Return colours, shape and hues of a picture as numbers; zeros where there is none."""
    if path is None:
        return np.zeros(THUMBNAIL * THUMBNAIL * 4 + HUES + 3)
    from PIL import Image

    with Image.open(path) as file:
        picture = file.convert("RGBA")
    small = np.asarray(picture.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX), dtype=float) / 255
    small[..., :3] *= small[..., 3:]  # what is transparent has no colour
    pixels = np.asarray(picture, dtype=float) / 255
    opaque = pixels[..., 3] > 0.5
    hsv = np.asarray(picture.convert("RGB").convert("HSV"), dtype=float) / 255
    hue, saturation, value = (hsv[..., channel][opaque] for channel in range(3))
    hues = np.histogram(hue, bins=HUES, range=(0, 1), weights=saturation)[0] / max(1, opaque.sum())
    means = [opaque.mean(), saturation.mean() if opaque.any() else 0.0, value.mean() if opaque.any() else 0.0]
    return np.concatenate([small.ravel(), hues, means])
