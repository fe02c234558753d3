#include <algorithm>
#include <string>
#include <utility>

#include "collectors/endpoints/probe.h"

namespace leeway::endpoints {
namespace {

/// FNV-1a, 64 bit: its values never change, and a schema is short.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    value_ = (value_ ^ 0xFFU) * 0x100000001B3ULL;  // no byte of UTF-8: "ab","c" is not "a","bc"
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325ULL;
};

std::vector<Tensor> by_name(std::vector<Tensor> tensors) {
  std::ranges::sort(tensors, {}, &Tensor::name);
  return tensors;
}

std::string shape_text(const Tensor& tensor) {
  std::string out = "[";
  for (const auto size : tensor.shape) out += (out.size() == 1 ? "" : ", ") + std::to_string(size);
  return out + "]";
}

std::string describe(const Tensor& tensor) {
  return tensor.shape.empty() ? tensor.datatype : tensor.datatype + ' ' + shape_text(tensor);
}

void add(Hash& hash, std::string_view side, const std::vector<Tensor>& tensors) {
  hash.add(side);
  for (const auto& tensor : by_name(tensors)) {
    hash.add(tensor.name);
    hash.add(tensor.datatype);
    hash.add(shape_text(tensor));
  }
}

void compare_text(const std::string& what, const std::string& before, const std::string& now,
                  std::vector<std::string>& out) {
  if (before.empty() || now.empty() || before == now) return;
  out.push_back(what + ": " + now + ", was " + before);
}

void compare_tensors(const std::string& what, const std::vector<Tensor>& before,
                     const std::vector<Tensor>& now, std::vector<std::string>& out) {
  if (before.empty() || now.empty()) return;
  for (const auto& tensor : by_name(now)) {
    const std::string name = what + " '" + tensor.name + "'";
    const auto old = std::ranges::find(before, tensor.name, &Tensor::name);
    if (old == before.end()) {
      out.push_back(name + " is new");
    } else if (*old != tensor) {
      out.push_back(name + ": " + describe(tensor) + ", was " + describe(*old));
    }
  }
  for (const auto& tensor : by_name(before)) {
    if (std::ranges::find(now, tensor.name, &Tensor::name) == now.end()) {
      out.push_back(what + " '" + tensor.name + "' is gone");
    }
  }
}

}  // namespace

Secret known(std::string value) {
  return [value = std::move(value)]() -> Result<std::string> { return value; };
}

std::uint64_t schema_hash(const Metadata& metadata) {
  if (metadata.inputs.empty() && metadata.outputs.empty()) return 0;
  Hash hash;
  add(hash, "inputs", metadata.inputs);
  add(hash, "outputs", metadata.outputs);
  return hash.value();
}

std::vector<std::string> changes(const Metadata& before, const Metadata& now) {
  std::vector<std::string> out;
  compare_text("model", before.model, now.model, out);
  compare_text("version", before.version, now.version, out);
  compare_text("platform", before.platform, now.platform, out);
  compare_tensors("input", before.inputs, now.inputs, out);
  compare_tensors("output", before.outputs, now.outputs, out);
  return out;
}

}  // namespace leeway::endpoints
