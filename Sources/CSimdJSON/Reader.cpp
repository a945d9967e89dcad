#include "CSimdJSON.h"

#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

namespace {

/// Finds a name's number: open addressing over a power of two at least four times the number of names.
class KnownNames {
public:
  KnownNames(const char *const *names, const uint32_t *lengths, size_t count) {
    size_t size = 64;
    while (size < count * 4) size *= 2;
    slots.resize(size, 0);
    for (size_t index = 0; index < count; ++index) {
      texts.emplace_back(names[index], lengths[index]);
      size_t slot = hash(texts.back().data(), texts.back().size());
      while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
      slots[slot] = static_cast<uint16_t>(index + 1);
    }
  }

  uint16_t find(std::string_view name) const {
    if (name.empty()) return 0;
    size_t slot = hash(name.data(), name.size());
    while (uint16_t number = slots[slot]) {
      const std::string &text = texts[number - 1];
      if (text.size() == name.size() && std::memcmp(text.data(), name.data(), name.size()) == 0) return number;
      slot = (slot + 1) & (slots.size() - 1);
    }
    return 0;
  }

private:
  size_t hash(const char *text, size_t size) const {
    uint32_t mixed = static_cast<uint32_t>(size) * 0x9E3779B1u;
    mixed ^= static_cast<uint8_t>(text[0]) * 0x85EBCA6Bu;
    mixed ^= static_cast<uint8_t>(text[size - 1]) * 0xC2B2AE35u;
    mixed ^= static_cast<uint8_t>(text[size / 2]) * 0x27D4EB2Fu;
    return (mixed >> 12) & (slots.size() - 1);
  }

  std::vector<std::string> texts;
  std::vector<uint16_t> slots;
};

dp_status status_of(error_code error) {
  switch (error) {
  case SUCCESS: return DP_OK;
  case UTF8_ERROR: return DP_INVALID_UTF8;
  case DEPTH_ERROR: return DP_TOO_DEEP;
  case MEMALLOC: return DP_OUT_OF_MEMORY;
  case EMPTY: return DP_EMPTY;
  case UNCLOSED_STRING: return DP_TRUNCATED;
  case NUMBER_OUT_OF_RANGE: return DP_NUMBER_RANGE;
  default: return DP_MALFORMED;
  }
}

} // namespace

struct dp_reader {
  KnownNames names;
  uint32_t max_depth;
  // The DOM parser, not the on-demand one: it checks the whole document, and picks the best instructions at run time.
  dom::parser parser;
  std::vector<char> buffer;
  // Nodes are written over from document to document: only the first `count` mean anything.
  std::vector<dp_node> nodes;
  size_t count = 0;

  dp_reader(const char *const *known, const uint32_t *lengths, size_t count, uint32_t depth)
      : names(known, lengths, count), max_depth(depth) {}

  dp_node &add(dp_kind kind, uint16_t key) {
    if (count == nodes.size()) nodes.resize(nodes.size() * 2 + 64);
    dp_node &node = nodes[count++];
    node.kind = kind;
    node.key = key;
    node.end = static_cast<uint32_t>(count);
    return node;
  }

  void walk(dom::element value, uint16_t key) {
    switch (value.type()) {
    case dom::element_type::OBJECT: {
      size_t place = count;
      add(DP_OBJECT, key);
      for (auto [name, member] : dom::object(value)) walk(member, names.find(name));
      nodes[place].end = static_cast<uint32_t>(count);
      return;
    }
    case dom::element_type::ARRAY: {
      size_t place = count;
      add(DP_ARRAY, key);
      for (dom::element member : dom::array(value)) walk(member, 0);
      nodes[place].end = static_cast<uint32_t>(count);
      return;
    }
    case dom::element_type::STRING: {
      std::string_view text = value;
      dp_node &node = add(DP_STRING, key);
      node.text = text.data();
      node.length = static_cast<uint32_t>(text.size());
      return;
    }
    case dom::element_type::INT64: {
      dp_node &node = add(DP_INTEGER, key);
      node.integer = int64_t(value);
      node.real = static_cast<double>(node.integer);
      return;
    }
    case dom::element_type::UINT64: add(DP_REAL, key).real = static_cast<double>(uint64_t(value)); return;
    case dom::element_type::DOUBLE: add(DP_REAL, key).real = double(value); return;
    case dom::element_type::BOOL: add(bool(value) ? DP_TRUE : DP_FALSE, key); return;
    default: add(DP_NULL, key); return;
    }
  }

  dp_status read(const void *bytes, size_t length) {
    count = 0;
    if (length == 0) return DP_EMPTY;
    if (buffer.size() < length + SIMDJSON_PADDING) buffer.resize((length + SIMDJSON_PADDING) * 2);
    if (parser.capacity() < length || parser.max_depth() != max_depth) {
      if (auto error = parser.allocate(buffer.size(), max_depth)) return status_of(error);
    }
    std::memcpy(buffer.data(), bytes, length);
    std::memset(buffer.data() + length, 0, SIMDJSON_PADDING);
    dom::element root;
    if (auto error = parser.parse(buffer.data(), length, false).get(root)) return status_of(error);
    walk(root, 0);
    return DP_OK;
  }
};

extern "C" {

dp_reader *dp_reader_new(const char *const *names, const uint32_t *lengths, size_t count, uint32_t max_depth) {
  try {
    return new dp_reader(names, lengths, count, max_depth);
  } catch (...) {
    return nullptr;
  }
}

void dp_reader_free(dp_reader *reader) { delete reader; }

dp_status dp_reader_read(dp_reader *reader, const void *bytes, size_t length, const dp_node **nodes, size_t *count) {
  try {
    dp_status status = reader->read(bytes, length);
    *nodes = reader->nodes.data();
    *count = reader->count;
    return status;
  } catch (...) {
    return DP_OUT_OF_MEMORY;
  }
}

size_t dp_write_double(char *to, double value) {
  return static_cast<size_t>(std::to_chars(to, to + 32, value).ptr - to);
}

} // extern "C"
