#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/exporter/gzip.h"
#include "daemon/exporter/model_text.h"

namespace leeway::exporter {

enum class Encoding : std::uint8_t { kPlain, kGzip };

/// The lines of one family for the models of one block, in chunks that are cheap to compress.
class Part {
 public:
  /// Forgets what was prepared.
  void spoil() { *this = Part(); }

  bool is_ready(Encoding encoding) const {
    return encoding == Encoding::kPlain ? has_text_ : has_deflated_;
  }

  /// Does a bit of the work and says how many bytes it went through; call until is_ready().
  /// `keep_text`: the text will be asked for too.
  std::size_t prepare(Encoding encoding, const std::vector<std::unique_ptr<ModelText>>& models,
                      Family family, Detail most, Deflater& deflater, bool keep_text);

  /// Of a part that is ready.
  bool has_lines() const { return !text_.empty() || !deflated_.empty(); }
  const std::vector<Piece>& text() const { return text_; }
  const std::vector<Deflated>& deflated() const { return deflated_; }

 private:
  std::vector<Piece> text_;
  std::vector<Deflated> deflated_;
  bool has_text_ = false;
  bool has_deflated_ = false;
};

/// Neighbouring models that are rendered together.
struct Block {
  std::vector<std::unique_ptr<ModelText>> models;  ///< by key, never none
  std::array<Part, kFamilies.size()> parts;
  std::array<bool, 2> ready{};  ///< all parts, by encoding

  std::size_t lines() const;
  void spoil(Family family);
  void spoil_all();
};

/// All models, by key, in blocks of about the same number of lines: large enough to compress well,
/// small enough that a changed model costs little.
class Blocks {
 public:
  /// Takes the place of the model with the same key, if there is one. Returns what was there.
  std::unique_ptr<ModelText> put(std::unique_ptr<ModelText> model);
  std::unique_ptr<ModelText> remove(std::string_view key);
  void spoil_all();

  auto begin() { return blocks_.begin(); }
  auto end() { return blocks_.end(); }

 private:
  std::size_t block_of(std::string_view key) const;
  void balance(std::size_t index);
  void split(std::size_t index);
  void join(std::size_t index);

  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace leeway::exporter
