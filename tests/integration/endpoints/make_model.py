"""Two versions of one small model, as MLServer or MLflow keeps them: make_model.py mlserver|mlflow FOLDER"""

import json
import pathlib
import sys

import numpy
from sklearn.linear_model import LogisticRegression


def train(slope: float) -> LogisticRegression:
    random = numpy.random.default_rng(7)
    x = random.normal(size=(400, 3))
    y = (x @ numpy.array([slope, -1.0, 0.5]) > 0).astype(int)
    return LogisticRegression().fit(x, y)


def save_for_mlserver(model: LogisticRegression, folder: pathlib.Path) -> None:
    import joblib

    folder.mkdir()
    joblib.dump(model, folder / "model.joblib")
    settings = {
        "name": "credit",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": "./model.joblib", "version": "v1"},
    }
    (folder / "model-settings.json").write_text(json.dumps(settings))


def save_for_mlflow(model: LogisticRegression, folder: pathlib.Path) -> None:
    import mlflow.sklearn

    mlflow.sklearn.save_model(model, str(folder), pyfunc_predict_fn="predict_proba")


save = {"mlserver": save_for_mlserver, "mlflow": save_for_mlflow}[sys.argv[1]]
for name, slope in (("model-a", 1.0), ("model-b", 3.0)):
    save(train(slope), pathlib.Path(sys.argv[2]) / name)
