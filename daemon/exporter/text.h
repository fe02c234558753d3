#pragma once

#include <string>
#include <string_view>

#include "daemon/exporter/families.h"

namespace prometheus {
struct MetricFamily;
}

namespace leeway::exporter {

/// The shortest decimal that reads back as `value`; "NaN", "+Inf" and "-Inf" as both formats want.
void append_number(std::string& out, double value);

/// Of a bucket or a quantile, as a label: with ".0" where a whole number would look like an
/// integer.
std::string boundary(double value);

/// Of a label: backslash, quote and line end escaped; what is no UTF-8 becomes U+FFFD, because one
/// such byte would make Prometheus refuse the page.
void append_label_value(std::string& out, std::string_view value);

/// The lines HELP and TYPE. OpenMetrics names a counter without its _total and an info without its
/// _info; `name` is the one of the text format.
void append_header(std::string& out, std::string_view name, MetricType type, std::string_view help,
                   bool open_metrics);

/// Header and lines of a family of the process, sorted by their labels. A gauge that ends in _info
/// is an info. Boundaries of buckets are written the same in both formats, so that a change of
/// format does not change series.
void append_family(std::string& out, const prometheus::MetricFamily& family, bool open_metrics);

}  // namespace leeway::exporter
