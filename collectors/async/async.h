#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "detectors/base/result.h"

namespace leeway {

namespace asio = boost::asio;

/// What every coroutine of the daemon returns. Arguments of coroutines are taken by value.
template <class T = void>
using Async = asio::awaitable<Result<T>>;

/// A coroutine that cannot fail in a way the caller could act on.
template <class T = void>
using Task = asio::awaitable<T>;

/// Errors arrive as values: auto [error, n] = co_await socket.async_read_some(buffer, kAsTuple);
inline constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace leeway
