"""Calibration study: do 95 % intervals cover, do 5 % tests hold their size, how often is a verdict wrong?

``python -m benchmarks.calibration --help``. One JSON line per finished setting is appended to ``results.jsonl`` (a
setting that stands there is not run again), and ``CALIBRATION.md`` is written from it. To look at one procedure::

    python -m benchmarks.calibration --only auc --simulations 500 --results /tmp/try.jsonl --table /tmp/try.md

or, from Python, ``study.run(settings.SETTINGS["..."], simulations=500, n_resamples=999)``, which returns the row.
"""
