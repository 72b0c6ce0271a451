"""What ``lifetimes`` does with the same data; run by ``peers.py`` in its environment. FILE.parquet or FILE.npz."""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")


def summarised(path: str) -> dict[str, float]:
    import pyarrow.parquet as pq
    from lifetimes.utils import summary_data_from_transaction_data

    began = time.perf_counter()
    frame = pq.read_table(path).to_pandas()
    found = summary_data_from_transaction_data(frame, "customer_id", "at", monetary_value_col="amount")
    seconds = time.perf_counter() - began
    columns = (found["frequency"], found["recency"], found["T"], found["monetary_value"])
    return {"seconds": seconds, "customers": len(found), "check": float(sum(column.sum() for column in columns))}


def fitted(path: str) -> dict[str, float]:
    from lifetimes import BetaGeoFitter

    data = np.load(path)
    x, t_x, age = data["x"], data["t_x"], data["age"]
    fitter = BetaGeoFitter()
    began = time.perf_counter()
    fitter.fit(x, t_x, age)
    seconds = time.perf_counter() - began
    logs = np.log(fitter.params_.values)
    mean = fitter._negative_log_likelihood(logs, x, t_x, age, np.ones(len(x)), 0)
    return {"seconds": seconds, "log_likelihood": float(-mean * len(x))}


if __name__ == "__main__":
    told = fitted(sys.argv[1]) if sys.argv[1].endswith(".npz") else summarised(sys.argv[1])
    print(json.dumps(told | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}))
