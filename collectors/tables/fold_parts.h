#pragma once

#include <vector>

#include "collectors/tables/kept_columns.h"
#include "collectors/tables/plan.h"

namespace leeway::tables {

/// How many readers are worth their while: each decodes its share of the columns, which a Parquet
/// file allows and a text file does not.
unsigned parts_for(const std::vector<std::filesystem::path>& files, std::size_t columns,
                   unsigned threads);

/// One answer of those that the parts of a source have given, part by part: each has all columns
/// and knows only its own.
FoldAnswer join(const FoldPlan& plan, std::vector<FoldAnswer> answers);

/// The columns that each part has kept, in one.
void join(KeptColumns& kept, std::vector<KeptColumns> parts);

}  // namespace leeway::tables
