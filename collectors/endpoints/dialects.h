#pragma once

#include <memory>

#include "collectors/endpoints/dialect.h"

namespace leeway::endpoints {

// One each; what they speak to is said in protocols().
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
