// bench_many_models FOLDER [MEASURES]: `leeway compare` of FOLDER/reference/NAME with
// FOLDER/current/NAME for every NAME, one after the other in one process, as a worker meets them.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "daemon/cli/compare.h"

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_many_models FOLDER [MEASURE...]\n");
    return 2;
  }
  const fs::path folder = argv[1];
  std::error_code error;
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(folder / "reference", error)) {
    names.push_back(entry.path().filename());
  }
  if (names.empty()) {
    std::fprintf(stderr, "bench_many_models: no files in %s/reference\n", folder.c_str());
    return 1;
  }
  std::sort(names.begin(), names.end());
  for (const fs::path& name : names) {
    leeway::cli::CompareArguments arguments;
    arguments.reference = folder / "reference" / name;
    arguments.current = folder / "current" / name;
    arguments.format = "json";
    arguments.numeric.assign(argv + 2, argv + argc);
    const auto compared = leeway::cli::compare_files(arguments);
    if (!compared) {
      std::fprintf(stderr, "bench_many_models: %s\n", compared.error().message.c_str());
      return 1;
    }
    std::fputs(compared->text.c_str(), stdout);
  }
}
