#include "daemon/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/config/text_check.h"
#include "detectors/base/result.h"

namespace leeway::config {
namespace {

// yaml-cpp 0.7 ends a plain flow scalar at { } and ?, so "${credential:x}" and "https://x/?a=1"
// would need quotes inside { }. It passes control characters through, which the text cannot hold.
constexpr char kOpen = '\x01';
constexpr char kClose = '\x02';
constexpr char kQuestion = '\x03';

std::string mask(std::string text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '$' && text[i + 1] == '{') {
      const std::size_t end = text.find_first_of("{}\n", i + 2);
      if (end == std::string::npos || text[end] != '}') continue;
      text[i + 1] = kOpen;
      text[end] = kClose;
    } else if (text[i] == '?' &&
               std::string_view(" \t\r\n,[]{}").find(text[i + 1]) == std::string_view::npos) {
      text[i] = kQuestion;  // a lone ? marks a key, one inside a word is part of it
    }
  }
  return text;
}

std::string unmask(std::string text) {
  std::replace(text.begin(), text.end(), kOpen, '{');
  std::replace(text.begin(), text.end(), kClose, '}');
  std::replace(text.begin(), text.end(), kQuestion, '?');
  return text;
}

/// Thrown through yaml-cpp to end the reading of a file; the wrapper below catches it.
struct Stop {
  Place place;
  std::string sentence;
};

std::size_t count(const Node& node) {
  std::size_t nodes = 1;
  for (const Node& item : node.items) nodes += count(item);
  for (const Entry& entry : node.entries) nodes += count(entry.value);
  return nodes;
}

std::size_t depth(const Node& node) {
  std::size_t deepest = 0;
  for (const Node& item : node.items) deepest = std::max(deepest, depth(item));
  for (const Entry& entry : node.entries) deepest = std::max(deepest, depth(entry.value));
  return node.is_list() || node.is_map() ? deepest + 1 : 0;
}

/// Builds the tree from yaml-cpp's events, which come with a mark for every node and key.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::uint32_t file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) throw Stop{place(mark), "a key is missing in front of ':'"};
    Node node;
    node.place = place(mark);
    add(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = Node::scalar(unmask(value), place(mark));
    node.quoted = is_quoted(tag, node.place);
    if (!expects_key()) return add(std::move(node), anchor);
    if (anchor != YAML::NullAnchor) throw Stop{node.place, "an anchor cannot stand at a key"};
    set_key(node.text, node.place);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) throw Stop{place(mark), "an alias cannot be a key"};
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      throw Stop{place(mark), "an alias cannot stand inside its own anchor"};
    if (frames_.size() + depth(known->second) > kDepth) refuse_depth(place(mark));
    grow(count(known->second), place(mark));
    attach(Node(known->second));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::list(place(mark)), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::map(place(mark)), tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::string path;
    bool has_key = false;
    bool skips = false;  ///< the key is a repetition: its value is read and dropped
    std::string key;
    Place key_place;
    std::unordered_set<std::string> keys;
  };

  Place place(const YAML::Mark& mark) const {
    return {.file = file_,
            .line = static_cast<std::uint32_t>(mark.line + 1),
            .column = static_cast<std::uint32_t>(mark.column + 1)};
  }

  bool expects_key() const {
    return !frames_.empty() && frames_.back().node.is_map() && !frames_.back().has_key;
  }

  /// Quoted and block scalars have the tag "!", plain ones "?"; "!!str" makes a plain one a text.
  static bool is_quoted(const std::string& tag, Place place) {
    if (tag == "?" || tag.empty()) return false;
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return true;
    throw Stop{place, "tags like '" + tag + "' are not supported"};
  }

  [[noreturn]] static void refuse_depth(Place place) {
    throw Stop{place, "nested deeper than " + std::to_string(kDepth) + " levels"};
  }

  void grow(std::size_t nodes, Place place) {
    nodes_ += nodes;
    if (nodes_ > kNodes)
      throw Stop{place, "more than " + std::to_string(kNodes) + " values, aliases counted"};
  }

  std::string path_of_next() const {
    if (frames_.empty()) return {};
    const Frame& frame = frames_.back();
    return frame.node.is_map() ? join(frame.path, frame.key)
                               : join(frame.path, frame.node.items.size());
  }

  void set_key(const std::string& key, Place at) {
    Frame& frame = frames_.back();
    if (key == "<<") throw Stop{at, "merge keys are not supported; use 'defaults' or 'extends'"};
    grow(1, at);
    frame.has_key = true;
    frame.key = key;
    frame.key_place = at;
    frame.skips = !frame.keys.insert(key).second;
    if (!frame.skips) return;
    const auto first = std::find_if(frame.node.entries.begin(), frame.node.entries.end(),
                                    [&key](const Entry& entry) { return entry.key == key; });
    diagnostics_.add(at, frame.path,
                     "key '" + key + "' is repeated; it stands in line " +
                         std::to_string(first->place.line) + " already");
  }

  void add(Node node, YAML::anchor_t anchor) {
    grow(1, node.place);
    remember(node, anchor);
    attach(std::move(node));
  }

  void remember(const Node& node, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    grow(count(node), node.place);
    anchors_[anchor] = node;
  }

  void attach(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(node));
      return;
    }
    if (!frame.skips) frame.node.entries.push_back({frame.key, frame.key_place, std::move(node)});
    frame.has_key = false;
  }

  void open(Node node, const std::string& tag, YAML::anchor_t anchor) {
    if (expects_key()) throw Stop{node.place, "a key must be a text"};
    if (tag != "?" && tag != "!" && !tag.empty()) is_quoted(tag, node.place);
    if (frames_.size() >= kDepth) refuse_depth(node.place);
    grow(1, node.place);
    frames_.push_back({.node = std::move(node),
                       .anchor = anchor,
                       .path = path_of_next(),
                       .key = {},
                       .key_place = {},
                       .keys = {}});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    remember(frame.node, frame.anchor);
    attach(std::move(frame.node));
  }

  std::uint32_t file_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
  Node root_;
};

/// yaml-cpp takes the end of the file for the end of a quoted text.
void check_quotes(const Node& node, const Sources& sources) {
  for (const Node& item : node.items) check_quotes(item, sources);
  for (const Entry& entry : node.entries) check_quotes(entry.value, sources);
  if (!node.is_scalar() || !node.quoted) return;
  std::string_view line = sources.line(node.place);
  if (node.place.column > line.size()) return;
  const char quote = line[node.place.column - 1];
  if (quote != '"' && quote != '\'') return;
  const std::string_view text = sources.text(node.place.file);
  const auto start = static_cast<std::size_t>(line.data() - text.data()) + node.place.column;
  for (std::size_t i = start; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return;
    }
  }
  throw Stop{node.place, "the quoted text that begins here does not end"};
}

/// What a person has most likely done.
std::string_view hint(std::string_view line, std::string_view message) {
  const std::string_view indentation = line.substr(0, line.find_first_not_of(" \t"));
  if (indentation.find('\t') != std::string_view::npos) return "; a tab cannot indent, use blanks";
  if (message.starts_with("end of sequence") || message.starts_with("end of map not found")) {
    return "; is the line indented like its neighbours?";
  }
  if (message.starts_with("illegal map value")) return "; a text with ': ' in it needs quotes";
  if (message.find("flow") != std::string_view::npos)
    return "; a bracket or brace is missing or one too many";
  return {};
}

/// yaml-cpp's message without its position, which we show in our own way; its marks count from 0.
Stop explain(const YAML::Exception& error, const Sources& sources, std::uint32_t file) {
  Place place{.file = file, .line = 1, .column = 1};
  if (error.mark.line >= 0) {
    place.line = static_cast<std::uint32_t>(error.mark.line + 1);
    place.column = static_cast<std::uint32_t>(error.mark.column + 1);
  }
  const std::string message = unmask(error.msg);
  return {place, "this is not YAML: " + message + std::string(hint(sources.line(place), message))};
}

Node read(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics) {
  if (auto problem = check_text(sources, file))
    throw Stop{problem->place, std::move(problem->sentence)};
  try {
    std::istringstream stream(mask(sources.text(file)));
    YAML::Parser parser(stream);
    Builder builder(file, diagnostics);
    parser.HandleNextDocument(builder);
    Node root = builder.take();
    check_quotes(root, sources);
    if (parser) {
      Builder second(file, diagnostics);
      if (parser.HandleNextDocument(second))
        throw Stop{second.take().place, "a second document is not allowed"};
    }
    return root;
  } catch (const YAML::Exception& error) {
    throw explain(error, sources, file);
  }
}

}  // namespace

std::optional<Node> parse_yaml(const Sources& sources, std::uint32_t file,
                               Diagnostics& diagnostics) {
  try {
    Node root = read(sources, file, diagnostics);
    if (!root.place.written()) root.place = {.file = file, .line = 1, .column = 1};
    return root;
  } catch (const Stop& stop) {
    diagnostics.add(stop.place, {}, stop.sentence);
    return std::nullopt;
  }
}

namespace {

void forget_places(Node& node) {
  node.place = {};
  for (Node& item : node.items) forget_places(item);
  for (Entry& entry : node.entries) {
    entry.place = {};
    forget_places(entry.value);
  }
}

}  // namespace

Node parse_yaml(std::string_view text) {
  Sources sources;
  Diagnostics diagnostics;
  auto node = parse_yaml(sources, sources.add("default", std::string(text)), diagnostics);
  LEEWAY_ASSERT(node && diagnostics.empty(), "the description of the keys holds only good YAML");
  forget_places(*node);
  return std::move(*node);
}

}  // namespace leeway::config
