#pragma once

#include <cstddef>
#include <functional>

namespace leeway::tables {

/// Calls `work(i)` once for each i below `count`, on at most `threads` threads of which the calling
/// one is the first; each takes the next i when it is done with one. Returns when all are done,
/// with the exception of one of them if any threw. `work` touches nothing that two i share: what
/// comes out does not depend on the number of threads.
void for_each_index(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& work);

}  // namespace leeway::tables
