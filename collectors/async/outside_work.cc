#include "collectors/async/outside_work.h"

#include <atomic>

namespace leeway {
namespace {

class Count : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;
  explicit Count(asio::execution_context& context) : service(context) {}
  std::atomic<std::size_t> value{0};

 private:
  void shutdown() noexcept override {}
};

Count& count(const asio::any_io_executor& executor) {
  return asio::use_service<Count>(
      asio::query(executor, asio::execution::context_as<asio::execution_context&>));
}

}  // namespace

OutsideWork::OutsideWork(const asio::any_io_executor& executor) : guard_(executor) {
  ++count(guard_.get_executor()).value;
}

OutsideWork::OutsideWork(OutsideWork&& other) noexcept : guard_(std::move(other.guard_)) {}

OutsideWork::~OutsideWork() {
  if (guard_.owns_work()) --count(guard_.get_executor()).value;
}

std::size_t OutsideWork::pending(asio::execution_context& context) {
  return asio::use_service<Count>(context).value;
}

}  // namespace leeway
