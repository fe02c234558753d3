#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway::store {

/// Writes a file that is whole or absent after a crash: a temporary name in the same folder, fsync,
/// rename, fsync of the folder. Then commit the row that names it.
Result<> write_durably(const std::filesystem::path& file, std::string_view bytes);

/// The same for a file that somebody else wrote into the same file system.
Result<> adopt_durably(const std::filesystem::path& from, const std::filesystem::path& to);

Result<std::string> read_file(const std::filesystem::path& file, std::size_t max_bytes);

/// Deletes the files of a folder that `named` does not have; gives their number. A missing folder
/// is empty.
Result<std::size_t> delete_unnamed(const std::filesystem::path& folder,
                                   const std::set<std::string, std::less<>>& named);

}  // namespace leeway::store
