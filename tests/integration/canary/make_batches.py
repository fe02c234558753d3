"""Rows that a model has scored, and their labels: make_batches.py MODEL FOLDER

MODEL is what make_model.py keeps of model-a for MLflow. FOLDER gets reference.csv, batch.csv and labels.csv: a, b and c are
what the model takes, p and risk what it said, late what it was trained to say.
"""

import csv
import pathlib
import sys

import mlflow.sklearn
import numpy

model = mlflow.sklearn.load_model(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
random = numpy.random.default_rng(11)


def write(name: str, day: int, rows: int) -> None:
    x = random.normal(size=(rows, 3)).round(4)
    p = model.predict_proba(x)[:, 1]
    late = (x @ numpy.array([1.0, -1.0, 0.5]) > 0).astype(int)
    with open(folder / f"{name}.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["at", "id", "a", "b", "c", "p", "risk"])
        for i in range(rows):
            seconds = i * 86400 // rows
            at = f"2001-01-{day:02d}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"
            out.writerow([at, f"{name}-{i}", *x[i], f"{p[i]:.6f}", int(p[i] > 0.5)])
    with open(folder / f"{name}-labels.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "late"])
        out.writerows((f"{name}-{i}", late[i]) for i in range(rows))


write("reference", 1, 400)
write("batch", 2, 120)
