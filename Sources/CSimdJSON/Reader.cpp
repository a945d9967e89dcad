#include "CSimdJSON.h"

#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

namespace {

/// Finds a name's number: open addressing over a power of two at least four times the number of names.
///
/// Texts are compared eight bytes at a time, with zeros behind the name: both sides may be read past their ends, ours
/// because a slot is as long as the longest name, the document's because simdjson pads the memory of its strings.
class KnownNames {
public:
  KnownNames(const char *const *names, const uint32_t *lengths, size_t count) {
    size_t size = 64;
    while (size < count * 4) size *= 2;
    slots.resize(size);
    for (size_t index = 0; index < count; ++index) {
      if (lengths[index] == 0 || lengths[index] > longest) throw std::length_error(names[index]);
      size_t place = hash(names[index], lengths[index]);
      while (slots[place].number != 0) place = (place + 1) & (slots.size() - 1);
      slots[place].number = static_cast<uint16_t>(index + 1);
      slots[place].length = static_cast<uint16_t>(lengths[index]);
      std::memcpy(slots[place].words, names[index], lengths[index]);
    }
  }

  uint16_t find(const char *text, size_t size) const {
    if (size == 0 || size > longest) return 0;
    size_t place = hash(text, size);
    while (slots[place].number != 0) {
      if (slots[place].length == size && is_same(slots[place], text, size)) return slots[place].number;
      place = (place + 1) & (slots.size() - 1);
    }
    return 0;
  }

private:
  static constexpr size_t longest = 32;

  struct Slot {
    uint64_t words[longest / 8] = {};
    uint16_t length = 0;
    uint16_t number = 0;
  };

  static bool is_same(const Slot &slot, const char *text, size_t size) {
    for (size_t word = 0; word * 8 < size; ++word) {
      uint64_t other;
      std::memcpy(&other, text + word * 8, 8);
      size_t rest = size - word * 8;
      if (rest < 8) other &= ~uint64_t(0) >> (64 - rest * 8);
      if (slot.words[word] != other) return false;
    }
    return true;
  }

  size_t hash(const char *text, size_t size) const {
    uint32_t mixed = static_cast<uint32_t>(size) * 0x9E3779B1u;
    mixed ^= static_cast<uint8_t>(text[0]) * 0x85EBCA6Bu;
    mixed ^= static_cast<uint8_t>(text[size - 1]) * 0xC2B2AE35u;
    mixed ^= static_cast<uint8_t>(text[size / 2]) * 0x27D4EB2Fu;
    return (mixed >> 12) & (slots.size() - 1);
  }

  std::vector<Slot> slots;
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
  // The nodes of the objects and arrays that are open.
  std::vector<uint32_t> open;
  // The lower bytes of a word of the tape.
  static constexpr uint64_t payload = (uint64_t(1) << 56) - 1;

  dp_reader(const char *const *known, const uint32_t *lengths, size_t count, uint32_t depth)
      : names(known, lengths, count), max_depth(depth) {}

  dp_node &add(dp_kind kind, uint16_t key) {
    dp_node &node = nodes[count++];
    node.kind = kind;
    node.key = key;
    node.end = static_cast<uint32_t>(count);
    return node;
  }

  /// Turns simdjson's tape into nodes. The tape's form is documented (doc/tape.md of simdjson): a word for each value with
  /// its kind in the top byte, numbers in the word behind it, names and texts by their place in the string buffer.
  void flatten() {
    const uint64_t *tape = parser.doc.tape.get();
    const char *strings = reinterpret_cast<const char *>(parser.doc.string_buf.get());
    const size_t last = tape[0] & payload;
    if (nodes.size() < last) nodes.resize(last * 2);
    // The parser refuses a document that is nested deeper.
    open.resize(max_depth + 1);
    size_t depth = 0;
    bool names_follow = false;
    for (size_t place = 1; place < last; ++place) {
      uint16_t key = 0;
      if (names_follow && (tape[place] >> 56) == '"') {
        const char *name = strings + (tape[place] & payload);
        key = names.find(name + sizeof(uint32_t), length_at(name));
        ++place;
      }
      const uint64_t word = tape[place];
      switch (word >> 56) {
      case '{':
      case '[':
        names_follow = (word >> 56) == '{';
        open[depth++] = static_cast<uint32_t>(count);
        add(names_follow ? DP_OBJECT : DP_ARRAY, key);
        break;
      case '}':
      case ']':
        nodes[open[--depth]].end = static_cast<uint32_t>(count);
        names_follow = depth > 0 && nodes[open[depth - 1]].kind == DP_OBJECT;
        break;
      case '"': {
        const char *text = strings + (word & payload);
        dp_node &node = add(DP_STRING, key);
        node.text = text + sizeof(uint32_t);
        node.length = length_at(text);
        break;
      }
      case 'l': add(DP_INTEGER, key).integer = static_cast<int64_t>(tape[++place]); break;
      case 'u': add(DP_REAL, key).real = static_cast<double>(tape[++place]); break;
      case 'd': std::memcpy(&add(DP_REAL, key).real, &tape[++place], sizeof(double)); break;
      case 't': add(DP_TRUE, key); break;
      case 'f': add(DP_FALSE, key); break;
      case 'n': add(DP_NULL, key); break;
      // The root's own word, behind the last value.
      default: return;
      }
    }
  }

  /// The usual document without simdjson's second stage: its first one has checked the encoding and the ends of strings,
  /// and found where every bracket, comma, colon, string and scalar begins. Walking over those gives the nodes at once.
  ///
  /// Says false where it meets anything but an object of plain texts, short numbers, words and whole brackets: then
  /// simdjson itself decides what the document is, and what is wrong with it. Whatever is taken here, it would take, too.
  bool walk(const char *text, size_t length) {
    // With escapes, where a string ends is no longer told by the quote before the next place.
    if (std::memchr(text, '\\', length)) return false;
    const auto &found = *parser.implementation;
    const uint32_t *places = found.structural_indexes.get();
    const size_t last = found.n_structural_indexes;
    // Behind the last place stands the length twice, where our buffer holds a zero: nothing begins or ends with that.
    if (last == 0 || places[last] != length || places[last + 1] != length || text[places[0]] != '{') return false;
    if (nodes.size() < last) nodes.resize(last * 2);
    open.resize(max_depth + 1);
    open[0] = 0;
    add(DP_OBJECT, 0);
    size_t depth = 1;
    size_t at = 1;
    bool in_object = true;
    if (text[places[at]] == '}') return false;
    while (true) {
      // At the beginning of a member, or of an element.
      uint16_t key = 0;
      if (in_object) {
        const uint32_t begin = places[at], colon = places[at + 1];
        if (text[begin] != '"' || text[colon] != ':' || text[colon - 1] != '"' || colon < begin + 2) return false;
        key = names.find(text + begin + 1, colon - begin - 2);
        at += 2;
      }
      const uint32_t begin = places[at], end = places[at + 1];
      switch (text[begin]) {
      case '"': {
        if (text[end - 1] != '"' || end < begin + 2) return false;
        dp_node &node = add(DP_STRING, key);
        node.text = text + begin + 1;
        node.length = end - begin - 2;
        break;
      }
      case '{':
      case '[':
        // Empty ones and deep ones are rare.
        if (depth + 1 >= max_depth || text[end] == '}' || text[end] == ']') return false;
        in_object = text[begin] == '{';
        open[depth++] = static_cast<uint32_t>(count);
        add(in_object ? DP_OBJECT : DP_ARRAY, key);
        ++at;
        continue;
      case 't':
        if (end != begin + 4 || std::memcmp(text + begin, "true", 4) != 0) return false;
        add(DP_TRUE, key);
        break;
      case 'f':
        if (end != begin + 5 || std::memcmp(text + begin, "false", 5) != 0) return false;
        add(DP_FALSE, key);
        break;
      case 'n':
        if (end != begin + 4 || std::memcmp(text + begin, "null", 4) != 0) return false;
        add(DP_NULL, key);
        break;
      default:
        if (!add_number(text + begin, text + end, key)) return false;
      }
      ++at;
      // Behind a value: whatever ends with it, then the next member or element.
      while (text[places[at]] == (in_object ? '}' : ']')) {
        nodes[open[--depth]].end = static_cast<uint32_t>(count);
        ++at;
        if (depth == 0) return at == last;
        in_object = nodes[open[depth - 1]].kind == DP_OBJECT;
      }
      if (text[places[at]] != ',') return false;
      ++at;
    }
  }

  /// A number without sign and exponent of at most fifteen digits, which must take up all of its text; false of any other.
  ///
  /// Both the digits and the power of ten that they are divided by are exact as doubles then, so that the one rounding of
  /// the division gives the nearest double (Clinger, "How to read floating point numbers accurately", 1990).
  bool add_number(const char *text, const char *end, uint16_t key) {
    static constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (end - text > 16) return false;
    const char *point = nullptr;
    int64_t digits = 0;
    for (const char *place = text; place < end; ++place) {
      const uint8_t digit = static_cast<uint8_t>(*place - '0');
      if (digit < 10) {
        digits = digits * 10 + digit;
      } else if (*place == '.' && !point && place > text && place + 1 < end) {
        point = place;
      } else {
        return false;
      }
    }
    const size_t whole = (point ? point : end) - text;
    if (whole == 0 || (whole > 1 && text[0] == '0')) return false;
    const size_t decimals = point ? end - point - 1 : 0;
    if (whole + decimals > 15) return false;
    if (point) {
      add(DP_REAL, key).real = static_cast<double>(digits) / powers[decimals];
    } else {
      add(DP_INTEGER, key).integer = digits;
    }
    return true;
  }

  static uint32_t length_at(const char *text) {
    uint32_t length;
    std::memcpy(&length, text, sizeof length);
    return length;
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
    const auto *plain = reinterpret_cast<const uint8_t *>(buffer.data());
    if (parser.implementation->stage1(plain, length, stage1_mode::regular) == SUCCESS && walk(buffer.data(), length)) {
      return DP_OK;
    }
    count = 0;
    if (auto error = parser.parse(buffer.data(), length, false).error()) return status_of(error);
    flatten();
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

bool dp_read_double(const char *from, size_t length, double *value) {
  auto result = std::from_chars(from, from + length, *value, std::chars_format::fixed);
  return result.ec == std::errc() && result.ptr == from + length;
}

} // extern "C"
