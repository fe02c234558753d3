// The one source of Asio and Beast: every other file sees declarations only, which halves its
// build.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
