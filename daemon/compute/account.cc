#include "daemon/compute/account.h"

#include <algorithm>
#include <cmath>

namespace leeway::compute {
namespace {

constexpr std::string_view kMagic = "LWACCNT1";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kTotalBytes = 10;
constexpr std::size_t kKillBytes = 16;
constexpr std::size_t kMostKills = 100;
constexpr Duration kRecent = std::chrono::hours(1);

double finite(ByteReader& in) {
  const double value = in.f64();
  if (!std::isfinite(value)) in.refuse();
  return value;
}

}  // namespace

Account::Step Account::add(TimePoint now, const Readings& readings, const Price& price) {
  Step step;
  step.usage = meter_.update(now, readings);
  step.cost = cost_of(step.usage, price);
  count(now, step);
  return step;
}

void Account::count(TimePoint now, const Step& step) {
  const Usage& usage = step.usage;
  for (const auto& [metric, used] : usage.used) totals_[{metric, {}}] += used;
  if (!usage.increase(Metric::kCpuSeconds)) {
    if (const auto seconds = usage.cpu_seconds()) totals_[{Metric::kCpuSeconds, {}}] += *seconds;
  }
  for (const auto& [gpu, values] : usage.gpus) {
    for (const auto& [metric, value] : values) {
      if (describe(metric).counter) totals_[{metric, gpu}] += value;
    }
  }
  resets_ += usage.resets;
  cost_ += step.cost.total;
  idle_cost_ += step.cost.idle.value_or(0.0);
  carbon_grams_ += step.cost.carbon_grams.value_or(0.0);
  if (step.cost.total > 0.0) days_.add(now - usage.span, now, step.cost.total);
  const double kills = usage.increase(Metric::kOomKills).value_or(0.0);
  if (kills > 0.0) kills_.emplace_back(now, kills);
  std::erase_if(kills_, [now](const auto& kill) { return kill.first + kRecent < now; });
  if (kills_.size() > kMostKills) kills_.erase(kills_.begin());
}

void Account::add_cost(TimePoint from, TimePoint to, double cost) {
  cost_ += cost;
  days_.add(from, to, cost);
}

double Account::total(Metric metric, std::string_view gpu) const {
  const auto found = totals_.find({metric, std::string(gpu)});
  return found == totals_.end() ? 0.0 : found->second;
}

double Account::recent_oom_kills(TimePoint now) const {
  double sum = 0.0;
  for (const auto& [at, kills] : kills_) {
    if (at + kRecent >= now) sum += kills;
  }
  return sum;
}

std::string Account::serialize() const {
  ByteWriter out;
  meter_.write(out);
  out.varint(totals_.size());
  for (const auto& [key, value] : totals_) {
    out.u8(static_cast<std::uint8_t>(key.first));
    out.text(key.second);
    out.f64(value);
  }
  out.f64(cost_);
  out.f64(idle_cost_);
  out.f64(carbon_grams_);
  out.varint(resets_);
  days_.write(out);
  out.varint(kills_.size());
  for (const auto& [at, kills] : kills_) {
    out.i64(to_micros(at));
    out.f64(kills);
  }
  out.u8(allocated_until ? 1 : 0);
  out.i64(allocated_until ? to_micros(*allocated_until) : 0);
  return frame(kMagic, kVersion, out.bytes());
}

Result<Account> Account::deserialize(std::string_view bytes) {
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return fail(opened.error());
  if (opened->version != kVersion) {
    return fail(ErrorCode::kCorrupt,
                "an account of version " + std::to_string(opened->version) + " is not known");
  }
  ByteReader in(opened->body);
  Account account;
  auto meter = UsageMeter::read(in);
  if (!meter) return fail(std::move(meter.error()));
  account.meter_ = std::move(*meter);
  const std::size_t totals = in.count(kTotalBytes);
  for (std::size_t i = 0; i < totals && in.ok(); ++i) {
    const std::uint8_t metric = in.u8();
    std::string gpu(in.text());
    const double value = finite(in);
    if (metric >= kMetrics) in.refuse();
    if (in.ok()) account.totals_[{static_cast<Metric>(metric), std::move(gpu)}] = value;
  }
  account.cost_ = finite(in);
  account.idle_cost_ = finite(in);
  account.carbon_grams_ = finite(in);
  account.resets_ = in.varint();
  auto days = DailyCosts::read(in);
  if (!days) return fail(std::move(days.error()));
  account.days_ = std::move(*days);
  const std::size_t kills = in.count(kKillBytes);
  for (std::size_t i = 0; i < kills && in.ok(); ++i) {
    const TimePoint at = from_micros(in.i64());
    account.kills_.emplace_back(at, finite(in));
  }
  const bool asked = in.u8() != 0;
  const TimePoint until = from_micros(in.i64());
  if (asked) account.allocated_until = until;
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, "the account makes no sense");
  return account;
}

}  // namespace leeway::compute
