#!/usr/bin/env python3
"""What others take for the same work.  usage: peers.py PEER REFERENCE CURRENT

PEER scipy      pandas reads both Parquet files; each numeric column: SciPy's ks_2samp and wasserstein_distance, PSI on
                the reference's deciles, mean, std, min, max, nulls; each other column: chi-squared and PSI
     polars     polars reads both; one sort per column and side, KS and PSI from the sorted ones
     evidently  Evidently's own DataDriftPreset
Prints nothing: tests/bench/run measures the process.
"""
import sys

import numpy as np


def psi(p, q):
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return float(np.sum((p - q) * np.log(p / q)))


def deciles(sorted_values):
    inner = np.unique(np.quantile(sorted_values, np.linspace(0, 1, 11)[1:-1]))
    return np.concatenate([[-np.inf], inner, [np.inf]])


def with_scipy(reference, current):
    import pandas as pd
    from scipy import stats
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    for name in before.columns:
        a, b = before[name], now[name]
        b.isna().sum()
        if a.dtype.kind == "f":
            b.describe()
            a, b = a.dropna().to_numpy(), b.dropna().to_numpy()
            edges = deciles(a)
            psi(np.histogram(a, edges)[0] / len(a), np.histogram(b, edges)[0] / len(b))
            stats.ks_2samp(a, b)
            stats.wasserstein_distance(a, b)
        else:
            counts = pd.concat([a.value_counts(), b.value_counts()], axis=1).fillna(0).to_numpy()
            stats.chi2_contingency(counts.T)
            psi(counts[:, 0] / len(a), counts[:, 1] / len(b))


def with_polars(reference, current):
    import polars as pl
    before, now = pl.read_parquet(reference), pl.read_parquet(current)
    for name in before.columns:
        a, b = before[name], now[name]
        if a.dtype.is_numeric():
            b.null_count(), b.mean(), b.std(), b.min(), b.max()
            a, b = a.drop_nulls().sort().to_numpy(), b.drop_nulls().sort().to_numpy()
            both = np.concatenate([a, b])
            both.sort(kind="stable")
            np.abs(np.searchsorted(a, both, "right") / len(a) - np.searchsorted(b, both, "right") / len(b)).max()
            edges = deciles(a)[1:-1]
            p = np.diff(np.concatenate([[0], np.searchsorted(a, edges), [len(a)]])) / len(a)
            q = np.diff(np.concatenate([[0], np.searchsorted(b, edges), [len(b)]])) / len(b)
            psi(p, q)
        else:
            counts = a.value_counts().join(b.value_counts(), on=name, how="full").fill_null(0)
            psi(counts["count"].to_numpy() / len(a), counts["count_right"].to_numpy() / len(b))


def with_evidently(reference, current):
    import pandas as pd
    from evidently import Report
    from evidently.presets import DataDriftPreset
    Report([DataDriftPreset()]).run(pd.read_parquet(current), pd.read_parquet(reference))


if __name__ == "__main__":
    {"scipy": with_scipy, "polars": with_polars, "evidently": with_evidently}[sys.argv[1]](*sys.argv[2:])
