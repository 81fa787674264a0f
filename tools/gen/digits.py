#!/usr/bin/python3
"""Writes manifests/field/data/digits-*.npy: the 1797 images of handwritten digits that
scikit-learn ships (Debian's python3-sklearn), bytes of 0 to 16, and their classes, in its
order.

    tools/gen/digits.py [FOLDER]
"""

import sys
from pathlib import Path

import numpy
from sklearn.datasets import load_digits

to = Path(sys.argv[1] if len(sys.argv) > 1 else
          Path(__file__).resolve().parents[2] / "manifests/field/data")
digits = load_digits()
assert (digits.images == digits.images.astype("u1")).all()
numpy.save(to / "digits-images.npy", digits.images.astype("u1"))
numpy.save(to / "digits-labels.npy", digits.target.astype("u1"))
