#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/endpoints/rows.h"
#include "detectors/base/result.h"

namespace leeway::endpoints {

/// What an output was when the golden rows were recorded, and how far a number of it may be from
/// that: |got - expected| <= absolute + relative * |expected|. Text and booleans must be equal;
/// NaN equals NaN, an infinity itself.
struct GoldenOutput {
  Output expected;
  double absolute = 1e-9;
  double relative = 1e-6;
};

/// A fixed input with its stored outputs. A model that was swapped or that computes differently
/// (another library, another precision, another preprocessing) gives other outputs although its
/// health check says that it is ready.
struct GoldenCase {
  std::string name;
  Rows rows{};
  std::string body{};  ///< sent as it is instead of rows, for protocols without features (openai)
  std::vector<GoldenOutput> outputs{};
};

struct GoldenResult {
  std::string name;
  bool matched = false;
  std::size_t compared = 0;  ///< values
  std::size_t different = 0;
  /// The largest |got - expected| among the numbers; infinite where one side is no number.
  double largest_difference = 0;
  /// Empty if it matched: "golden 'basic': output 'score' row 3 is 0.71, was 0.25 (allowed ±
  /// 0.001); 4 of 8 values differ".
  std::string sentence{};
};

/// Compares what was answered with what is stored. An output that is missing, or that has another
/// number of rows or columns, does not match. O(values).
GoldenResult compare(const GoldenCase& golden, const std::vector<Output>& got);

/// Reads golden cases as write_golden makes them. kCorrupt with the place of what is wrong.
///
/// {"golden": [{"name": "basic", "rows": {"names": ["age", "city"], "cells": [[31, "Oslo"]]},
///   "outputs": [{"name": "score", "width": 1, "values": [0.25], "absolute": 1e-6, "relative":
///   1e-4}]}]}
///
/// Instead of "rows" there may be "body": any JSON value, sent as it is. Infinities and NaN are the
/// strings "Infinity", "-Infinity" and "NaN" in a list that has numbers besides.
Result<std::vector<GoldenCase>> parse_golden(std::string_view json);
std::string write_golden(const std::vector<GoldenCase>& cases);

}  // namespace leeway::endpoints
