#pragma once
// A C face of simdjson: one pass turns a document into a flat list of nodes in the order of the text.
// A reader belongs to one thread; nodes and texts are valid until its next call.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum dp_kind {
  DP_NULL = 0,
  DP_FALSE = 1,
  DP_TRUE = 2,
  DP_INTEGER = 3,
  DP_REAL = 4,
  DP_STRING = 5,
  DP_OBJECT = 6,
  DP_ARRAY = 7
};

enum dp_status {
  DP_OK = 0,
  DP_MALFORMED = 1,
  DP_TRUNCATED = 2,
  DP_INVALID_UTF8 = 3,
  DP_TOO_DEEP = 4,
  DP_OUT_OF_MEMORY = 5,
  DP_EMPTY = 6,
  DP_NUMBER_RANGE = 7
};

/// One value. An object's or array's members follow it, up to the node numbered `end`.
typedef struct dp_node {
  uint8_t kind;
  /// The number of the member's name in the reader's list of known names, from 1; 0 for any other name.
  uint16_t key;
  /// The number of the node after this one and all within it.
  uint32_t end;
  /// Bytes of a string.
  uint32_t length;
  union {
    /// Bytes of a string, unescaped.
    const char *text;
    /// An integer, exactly; what does not fit 64 bits is a real.
    int64_t integer;
    /// A real.
    double real;
  };
} dp_node;

typedef struct dp_reader dp_reader;

/// Makes a reader that knows these names; NULL where memory is short.
dp_reader *dp_reader_new(const char *const *names, const uint32_t *lengths, size_t count, uint32_t max_depth);
void dp_reader_free(dp_reader *reader);

/// Reads a document, which is copied. On success `*nodes` and `*count` are its values, the root first.
enum dp_status dp_reader_read(dp_reader *reader, const void *bytes, size_t length, const dp_node **nodes,
                              size_t *count);

/// Writes the shortest decimal that reads back as the same double; returns its length, at most 32.
size_t dp_write_double(char *to, double value);

/// Reads digits with a point among them, to the nearest double; false where they are anything else.
bool dp_read_double(const char *from, size_t length, double *value);

#ifdef __cplusplus
}
#endif
