// Vector operations that Swift's SIMD types have only as loops over lanes: square root, larger, smaller, selection.
// Each is an instruction or two on any processor with vectors, chosen by the compiler.
#ifndef BACKSOLVE_LANES_H
#define BACKSOLVE_LANES_H

#define BACKSOLVE_LANES(NAME, SCALAR, INTEGER, COUNT, ...)                                                      \
  typedef SCALAR NAME __attribute__((ext_vector_type(COUNT)));                                                  \
  typedef INTEGER NAME##_mask __attribute__((ext_vector_type(COUNT)));                                          \
  static inline __attribute__((always_inline)) NAME NAME##_sqrt(NAME a) { return __builtin_elementwise_sqrt(a); } \
  static inline __attribute__((always_inline)) NAME NAME##_larger(NAME a, NAME b) {                             \
    return __builtin_elementwise_max(a, b);                                                                     \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME NAME##_smaller(NAME a, NAME b) {                            \
    return __builtin_elementwise_min(a, b);                                                                     \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME NAME##_below(NAME a, INTEGER limit, SCALAR other) {         \
    const NAME##_mask lanes = {__VA_ARGS__};                                                                    \
    return lanes < limit ? a : (NAME)other;                                                                     \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME NAME##_is_positive(NAME a) {                                \
    return a > (SCALAR)0 ? (NAME)(SCALAR)1 : (NAME)(SCALAR)0;                                                   \
  }                                                                                                             \
  static inline __attribute__((always_inline)) _Bool NAME##_some_below(NAME a, SCALAR bound) {                  \
    return __builtin_reduce_or((a < bound)) != 0;                                                               \
  }

BACKSOLVE_LANES(backsolve_floats, float, int, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
BACKSOLVE_LANES(backsolve_doubles, double, long long, 8, 0, 1, 2, 3, 4, 5, 6, 7)

#undef BACKSOLVE_LANES
#endif
