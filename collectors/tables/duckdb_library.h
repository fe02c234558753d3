#pragma once

// Included by duckdb.cc and duckdb_library.cc only: nobody else knows duckdb.h.

#include <duckdb.h>

#include "detectors/base/result.h"

namespace leeway::tables {

/// The functions of libduckdb.so that are used here. The library is opened at run time, by a
/// process that decodes files, so that no other maps its 60 MB.
struct DuckDb {
  // clang-format off
#define LEEWAY_DUCKDB_FUNCTIONS(X) \
  X(create_config) \
  X(set_config) \
  X(destroy_config) \
  X(open_ext) \
  X(close) \
  X(connect) \
  X(disconnect) \
  X(query) \
  X(free) \
  X(prepare) \
  X(prepare_error) \
  X(destroy_prepare) \
  X(prepared_statement_column_count) \
  X(prepared_statement_column_name) \
  X(prepared_statement_column_type) \
  X(execute_prepared) \
  X(result_error) \
  X(destroy_result) \
  X(data_chunk_get_size) \
  X(data_chunk_get_vector) \
  X(vector_get_data) \
  X(vector_get_validity) \
  X(list_vector_get_child) \
  X(list_vector_get_size) \
  X(create_logical_type) \
  X(destroy_logical_type) \
  X(create_scalar_function) \
  X(scalar_function_set_name) \
  X(scalar_function_set_varargs) \
  X(scalar_function_add_parameter) \
  X(scalar_function_set_return_type) \
  X(scalar_function_set_special_handling) \
  X(scalar_function_set_volatile) \
  X(scalar_function_set_extra_info) \
  X(scalar_function_set_function) \
  X(register_scalar_function) \
  X(destroy_scalar_function) \
  X(scalar_function_get_extra_info) \
  X(scalar_function_set_error)
// clang-format on
#define LEEWAY_DUCKDB_MEMBER(name) decltype(&::duckdb_##name) name = nullptr;
  LEEWAY_DUCKDB_FUNCTIONS(LEEWAY_DUCKDB_MEMBER)
#undef LEEWAY_DUCKDB_MEMBER
};

/// The library, opened once and never closed: a closed one could not be opened again in peace.
Result<const DuckDb*> duckdb_library();

}  // namespace leeway::tables
