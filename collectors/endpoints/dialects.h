#pragma once

#include <memory>

#include "collectors/endpoints/dialect.h"

namespace leeway::endpoints {

/// The dialects of protocols(), where it is said what each speaks to.
std::unique_ptr<Dialect> make_open_inference();
std::unique_ptr<Dialect> make_mlflow();
std::unique_ptr<Dialect> make_tensorflow_serving();
std::unique_ptr<Dialect> make_torchserve();
std::unique_ptr<Dialect> make_azure_ml();
std::unique_ptr<Dialect> make_sagemaker();
std::unique_ptr<Dialect> make_bentoml();
std::unique_ptr<Dialect> make_openai();
std::unique_ptr<Dialect> make_http();

}  // namespace leeway::endpoints
