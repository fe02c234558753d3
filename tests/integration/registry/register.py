"""Two versions of one registered model, the first of them the champion: register.py SERVER MODEL_A MODEL_B"""

import sys

import mlflow
import mlflow.sklearn

server, *models = sys.argv[1:]
mlflow.set_tracking_uri(server)
mlflow.set_experiment("training")
for folder in models:
    with mlflow.start_run():
        mlflow.sklearn.log_model(mlflow.sklearn.load_model(folder), name="model", registered_model_name="credit risk")
mlflow.MlflowClient().set_registered_model_alias("credit risk", "champion", "1")
