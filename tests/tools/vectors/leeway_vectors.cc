// leeway_vectors DIR -o RESULTS.json: runs every reference vector of a folder whose statistic
// exists and writes the results in the form that compare.py reads. Statistics that do not exist are
// listed on stderr.

#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <string_view>

#include "tests/tools/vectors/run.h"

namespace {

using namespace leeway;

constexpr int kWrongUsage = 2;
constexpr int kUnreadable = 3;

Result<> run_all(const char* folder, const char* output) {
  const auto files = vectors::vector_files(folder);
  if (!files) return fail(files.error());
  boost::json::object results;
  std::set<std::string> missing;
  for (const auto& path : *files) {
    const auto file = vectors::load(path);
    if (!file) return fail(file.error());
    vectors::run(*file, results, missing);
  }
  for (const std::string& name : missing) std::fprintf(stderr, "not there: %s\n", name.c_str());
  std::ofstream out(output, std::ios::binary);
  out << boost::json::serialize(results) << "\n";
  out.close();
  if (!out) return fail(ErrorCode::kUnavailable, "cannot write '" + std::string(output) + "'");
  std::printf("%zu cases\n", results.size());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || std::string_view(argv[2]) != "-o") {
    std::fprintf(stderr, "usage: leeway_vectors DIR -o RESULTS.json\n");
    return kWrongUsage;
  }
  const auto done = run_all(argv[1], argv[3]);
  if (done) return 0;
  std::fprintf(stderr, "leeway_vectors: %s\n", done.error().message.c_str());
  return kUnreadable;
}
