#pragma once

#include <cstddef>

namespace leeway {

/// Four numbers that are added, multiplied and compared at once, element by element, whatever the
/// processor: four independent sums, always the same ones.
using Four [[gnu::vector_size(32)]] = double;

inline constexpr std::size_t kFour = 4;

}  // namespace leeway

/// LEEWAY_WIDE before a loop's function compiles it twice, for the baseline and for processors with
/// AVX2, and the loader takes the one that the machine can run: one binary is as fast as a native
/// build. Both add in the same order and nothing is fused, so that results are equal to the bit.
/// The sanitizers' run time is not there yet when the loader asks.
#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define LEEWAY_WIDE __attribute__((target_clones("avx2", "default")))
#endif
#else
#define LEEWAY_WIDE __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef LEEWAY_WIDE
#define LEEWAY_WIDE
#endif
