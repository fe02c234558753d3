#include "collectors/endpoints/protocols.h"

#include <algorithm>
#include <array>

#include "collectors/endpoints/dialects.h"

namespace leeway::endpoints {
namespace {

constexpr auto kProtocols = std::to_array<Protocol>({
    {.name = "open_inference",
     .sentence = "Open Inference Protocol v2: KServe, Triton, MLServer, OpenVINO, Seldon",
     .url = "server, or http://host:8080/v2/models/NAME[/versions/VERSION]",
     .needs_model = true,
     .has_metadata = true,
     .scores_rows = true,
     .signature = "",
     .make = &make_open_inference},
    {.name = "mlflow",
     .sentence = "MLflow's scoring server",
     .url = "server, as http://host:5000",
     .needs_model = false,
     .has_metadata = true,
     .scores_rows = true,
     .signature = "",
     .make = &make_mlflow},
    {.name = "tensorflow_serving",
     .sentence = "TensorFlow Serving's REST API",
     .url = "server, or http://host:8501/v1/models/NAME[/versions/VERSION]",
     .needs_model = true,
     .has_metadata = true,
     .scores_rows = true,
     .signature = "signature_name of the model; otherwise serving_default",
     .make = &make_tensorflow_serving},
    {.name = "torchserve",
     .sentence = "TorchServe; metadata from its management API if that is the next port",
     .url = "server, or http://host:8080/predictions/NAME",
     .needs_model = true,
     .has_metadata = true,
     .scores_rows = true,
     .signature = "",
     .make = &make_torchserve},
    {.name = "azure_ml",
     .sentence = "Azure Machine Learning online endpoint (key, token or Entra)",
     .url = "scoring URI, as https://NAME.REGION.inference.ml.azure.com/score",
     .needs_model = false,
     .has_metadata = false,
     .scores_rows = true,
     .signature = "deployment that the requests are pinned to",
     .make = &make_azure_ml},
    {.name = "sagemaker",
     .sentence = "SageMaker's container contract: /ping and /invocations",
     .url = "server, as http://host:8080",
     .needs_model = false,
     .has_metadata = false,
     .scores_rows = true,
     .signature = "csv or json: how rows are sent; otherwise json",
     .make = &make_sagemaker},
    {.name = "bentoml",
     .sentence = "BentoML service",
     .url = "server, as http://host:3000",
     .needs_model = false,
     .has_metadata = true,
     .scores_rows = true,
     .signature = "API and its parameter; otherwise predict:input_data",
     .make = &make_bentoml},
    {.name = "openai",
     .sentence = "OpenAI's API: vLLM, TGI, llama.cpp, Ollama, Azure OpenAI, OpenAI",
     .url = "server, or http://host:8000/v1",
     .needs_model = true,
     .has_metadata = true,
     .scores_rows = false,
     .signature = "chat, completions or embeddings; otherwise chat",
     .make = &make_openai},
    {.name = "http",
     .sentence = "Any HTTP server: one request, judged by its checks",
     .url = "what is asked for, as https://host/health",
     .needs_model = false,
     .has_metadata = false,
     .scores_rows = false,
     .signature = "",
     .make = &make_http},
});

}  // namespace

std::span<const Protocol> protocols() { return kProtocols; }

const Protocol* find_protocol(std::string_view name) {
  const auto* found = std::ranges::find(kProtocols, name, &Protocol::name);
  return found == kProtocols.end() ? nullptr : found;
}

}  // namespace leeway::endpoints
