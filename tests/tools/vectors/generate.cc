#include "tests/tools/vectors/generate.h"

#include <cmath>
#include <functional>
#include <map>

#include "detectors/base/random.h"
#include "tests/tools/vectors/json.h"

namespace leeway::vectors {
namespace {

using Draw = std::function<json::value(std::size_t)>;

Draw irwin_hall(const json::object& spec, Random& random) {
  return
      [mean = number_or(spec, "mean", 0.0), sd = number_or(spec, "sd", 1.0), &random](std::size_t) {
        double sum = 0.0;
        for (int i = 0; i < 12; ++i) sum += random.uniform();
        return json::value(mean + sd * (sum - 6.0));
      };
}

Draw uniform(const json::object& spec, Random& random, bool squared) {
  return [lo = number_or(spec, "lo", 0.0), hi = number_or(spec, "hi", 1.0), squared,
          &random](std::size_t) {
    const double u = random.uniform();
    return json::value(lo + (hi - lo) * (squared ? u * u : u));
  };
}

Draw integer(const json::object& spec, Random& random) {
  const auto lo = static_cast<std::int64_t>(number_or(spec, "lo", 0.0));
  const auto hi = static_cast<std::int64_t>(number_or(spec, "hi", 0.0));
  return [lo, span = static_cast<std::uint64_t>(hi - lo + 1), &random](std::size_t) {
    return json::value(lo + static_cast<std::int64_t>(random.next() % span));
  };
}

Draw choice(const json::object& spec, Random& random) {
  return [values = member(spec, "values").as_array(), probs = numbers(member(spec, "probs")).values,
          &random](std::size_t) {
    const double u = random.uniform();
    double sum = 0.0;
    for (std::size_t i = 0; i < probs.size(); ++i) {
      sum += probs[i];
      if (sum > u) return values[i];
    }
    return values[values.size() - 1];
  };
}

Draw bernoulli(const json::object& spec, Random& random) {
  return [p = number_or(spec, "p", 0.5), &random](std::size_t) {
    return json::value(random.uniform() < p ? 1 : 0);
  };
}

Draw range(const json::object& spec) {
  return [start = number_or(spec, "start", 0.0), step = number_or(spec, "step", 1.0)](
             std::size_t i) { return json::value(start + static_cast<double>(i) * step); };
}

Draw draw_of(const json::object& spec, Random& random) {
  const std::string kind = text_or(spec, "dist", "");
  if (kind == "irwin_hall") return irwin_hall(spec, random);
  if (kind == "uniform" || kind == "square") return uniform(spec, random, kind == "square");
  if (kind == "int") return integer(spec, random);
  if (kind == "bernoulli") return bernoulli(spec, random);
  if (kind == "choice") return choice(spec, random);
  if (kind == "range") return range(spec);
  if (kind == "const") return [value = member(spec, "value")](std::size_t) { return value; };
  return {};
}

void round_to(json::value& value, double digits) {
  const auto found = number(value);
  if (!found) return;
  const double scale = std::pow(10.0, digits);
  value = std::floor(*found * scale + 0.5) / scale;
}

json::array draw_all(const json::object& spec) {
  json::array values;
  const json::value& seed = member(spec, "seed");
  Random random(seed.is_null() ? 0 : seed.to_number<std::uint64_t>());
  const Draw draw = draw_of(spec, random);
  const auto n = static_cast<std::size_t>(number_or(spec, "n", 0.0));
  if (!draw) return values;
  values.reserve(n);
  for (std::size_t i = 0; i < n; ++i) values.push_back(draw(i));
  return values;
}

}  // namespace

json::array generate(const json::object& spec) {
  json::array values;
  if (const json::value& parts = member(spec, "concat"); parts.is_array()) {
    for (const json::value& part : parts.get_array()) {
      for (json::value& value : expand(part)) values.push_back(std::move(value));
    }
  } else {
    values = draw_all(spec);
  }
  if (const auto digits = number(member(spec, "round"))) {
    for (json::value& value : values) round_to(value, *digits);
  }
  if (const auto every = number(member(spec, "missing_every"))) {
    const auto k = static_cast<std::size_t>(*every);
    for (std::size_t i = k; i <= values.size(); i += k) values[i - 1] = nullptr;
  }
  return values;
}

}  // namespace leeway::vectors
