#include "daemon/exporter/blocks.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace leeway::exporter {
namespace {

constexpr std::size_t kMostLines = 1000;  ///< of a block with more than one model
constexpr std::size_t kFewLines = 350;    ///< two neighbours with less than twice that are joined
constexpr std::size_t kChunk = std::size_t{32} << 10U;

std::vector<Piece> in_chunks(std::string text) {
  std::vector<Piece> out;
  if (text.size() <= kChunk) {
    if (!text.empty()) out.push_back(std::make_shared<const std::string>(std::move(text)));
    return out;
  }
  for (std::size_t begin = 0; begin < text.size();) {
    const auto line_end = text.find('\n', std::min(begin + kChunk, text.size() - 1));
    out.push_back(std::make_shared<const std::string>(text, begin, line_end + 1 - begin));
    begin = line_end + 1;
  }
  return out;
}

auto place_of(const Block& block, std::string_view key) {
  return std::ranges::lower_bound(block.models, key, {},
                                  [](const auto& model) { return std::string_view(model->key); });
}

}  // namespace

std::size_t Part::prepare(Encoding encoding, const std::vector<std::unique_ptr<ModelText>>& models,
                          Family family, Detail most, Deflater& deflater, bool keep_text) {
  std::size_t bytes = 0;
  if (!has_text_) {
    std::string text;
    for (const auto& model : models) {
      if (const auto* lines = model->find(family)) lines->append_to(text, most);
    }
    bytes = text.size() / 16;  // copying is that much cheaper than compressing
    text_ = in_chunks(std::move(text));
    has_text_ = true;
  }
  if (encoding == Encoding::kPlain || has_deflated_) return bytes;
  if (deflated_.size() < text_.size()) {
    const std::string& chunk = *text_[deflated_.size()];
    deflated_.push_back(deflater.deflate(chunk));
    bytes += chunk.size();
  }
  has_deflated_ = deflated_.size() == text_.size();
  if (has_deflated_ && !keep_text) {
    text_.clear();
    has_text_ = false;
  }
  return bytes;
}

std::size_t Block::lines() const {
  std::size_t lines = 0;
  for (const auto& model : models) lines += model->size();
  return lines;
}

void Block::spoil(Family family) {
  parts[static_cast<std::size_t>(family)].spoil();
  ready = {};
}

void Block::spoil_all() {
  for (auto& part : parts) part.spoil();
  ready = {};
}

std::size_t Blocks::block_of(std::string_view key) const {
  const auto after = std::ranges::upper_bound(blocks_, key, {}, [](const auto& block) {
    return std::string_view(block->models.front()->key);
  });
  return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

std::unique_ptr<ModelText> Blocks::put(std::unique_ptr<ModelText> model) {
  if (blocks_.empty()) {
    blocks_.push_back(std::make_unique<Block>());
    blocks_.front()->models.push_back(std::move(model));
    return nullptr;
  }
  const std::size_t index = block_of(model->key);
  Block& block = *blocks_[index];
  const auto place = block.models.begin() + (place_of(block, model->key) - block.models.begin());
  const bool known = place != block.models.end() && (*place)->key == model->key;
  for (const FamilyDescription& family : kFamilies) {
    const auto* before = known ? (*place)->find(family.family) : nullptr;
    const auto* after = model->find(family.family);
    const bool same = before == nullptr ? after == nullptr : after != nullptr && *before == *after;
    if (!same) block.spoil(family.family);
  }
  if (known) {
    std::swap(*place, model);
  } else {
    block.models.insert(place, std::move(model));
  }
  balance(index);
  return model;
}

std::unique_ptr<ModelText> Blocks::remove(std::string_view key) {
  if (blocks_.empty()) return nullptr;
  const std::size_t index = block_of(key);
  Block& block = *blocks_[index];
  const auto place = block.models.begin() + (place_of(block, key) - block.models.begin());
  if (place == block.models.end() || (*place)->key != key) return nullptr;
  auto removed = std::move(*place);
  block.models.erase(place);
  for (const auto& family : removed->families) block.spoil(family.family);
  if (block.models.empty()) {
    blocks_.erase(std::next(blocks_.begin(), static_cast<std::ptrdiff_t>(index)));
  } else {
    balance(index);
  }
  return removed;
}

void Blocks::spoil_all() {
  for (auto& block : blocks_) block->spoil_all();
}

void Blocks::balance(std::size_t index) {
  const std::size_t lines = blocks_[index]->lines();
  if (lines > kMostLines && blocks_[index]->models.size() > 1) return split(index);
  if (lines > kFewLines) return;
  const auto small = [this](std::size_t left) {
    return blocks_[left]->lines() + blocks_[left + 1]->lines() <= 2 * kFewLines;
  };
  if (index + 1 < blocks_.size() && small(index)) return join(index);
  if (index > 0 && small(index - 1)) join(index - 1);
}

void Blocks::split(std::size_t index) {
  Block& block = *blocks_[index];
  const std::size_t half = block.lines() / 2;
  std::size_t lines = 0;
  std::size_t keep = 0;
  do {
    lines += block.models[keep++]->size();
  } while (lines < half && keep + 1 < block.models.size());
  auto second = std::make_unique<Block>();
  const auto middle = std::next(block.models.begin(), static_cast<std::ptrdiff_t>(keep));
  std::move(middle, block.models.end(), std::back_inserter(second->models));
  block.models.erase(middle, block.models.end());
  block.spoil_all();
  blocks_.insert(std::next(blocks_.begin(), static_cast<std::ptrdiff_t>(index) + 1),
                 std::move(second));
}

void Blocks::join(std::size_t index) {
  Block& block = *blocks_[index];
  const auto next = std::next(blocks_.begin(), static_cast<std::ptrdiff_t>(index) + 1);
  std::ranges::move((*next)->models, std::back_inserter(block.models));
  block.spoil_all();
  blocks_.erase(next);
}

}  // namespace leeway::exporter
