// The vectors of the pair loops, and what Swift's SIMD types do only as loops over lanes: fused multiply-add, square root,
// larger, smaller, selection. Each is an instruction or two on any processor with vectors, chosen by the compiler.
#ifndef BACKSOLVE_LANES_H
#define BACKSOLVE_LANES_H

// As many lanes as a register of the processor holds: more would spill, and leave more lanes of a short run empty.
#if defined(__AVX512F__)
#define BACKSOLVE_FLOAT_LANES 16
#define BACKSOLVE_DOUBLE_LANES 8
#else
#define BACKSOLVE_FLOAT_LANES 8
#define BACKSOLVE_DOUBLE_LANES 4
#endif

// a + b c, in one rounding where the processor has an instruction for it. Swift's `addingProduct` takes the lanes one by
// one; the compiler puts them together again in halves of a wide register, with shuffles.
#if defined(__FMA__) || defined(__aarch64__)
#define BACKSOLVE_FUSED(A, B, C) __builtin_elementwise_fma(B, C, A)
#else
#define BACKSOLVE_FUSED(A, B, C) ((A) + (B) * (C))
#endif

#define BACKSOLVE_LANES(NAME, SCALAR, COUNT)                                                                   \
  typedef SCALAR NAME __attribute__((ext_vector_type(COUNT)));                                                  \
  static inline __attribute__((always_inline)) NAME NAME##_fused(NAME a, NAME b, NAME c) {                      \
    return BACKSOLVE_FUSED(a, b, c);                                                                            \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME NAME##_sqrt(NAME a) { return __builtin_elementwise_sqrt(a); } \
  static inline __attribute__((always_inline)) NAME NAME##_larger(NAME a, NAME b) {                             \
    return __builtin_elementwise_max(a, b);                                                                     \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME NAME##_smaller(NAME a, NAME b) {                            \
    return __builtin_elementwise_min(a, b);                                                                     \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME NAME##_is_positive(NAME a) {                                \
    return a > (SCALAR)0 ? (NAME)(SCALAR)1 : (NAME)(SCALAR)0;                                                   \
  }

BACKSOLVE_LANES(backsolve_floats, float, BACKSOLVE_FLOAT_LANES)
BACKSOLVE_LANES(backsolve_doubles, double, BACKSOLVE_DOUBLE_LANES)

// True where some lane is below the bound.
static inline __attribute__((always_inline)) _Bool backsolve_floats_some_below(backsolve_floats a, float bound) {
#if defined(__AVX__) && !defined(__AVX512F__)
  typedef float register_t8 __attribute__((vector_size(32)));
  return __builtin_ia32_movmskps256((register_t8)(a < bound)) != 0;
#else
  return __builtin_reduce_or((a < bound)) != 0;
#endif
}
static inline __attribute__((always_inline)) _Bool backsolve_doubles_some_below(backsolve_doubles a, double bound) {
#if defined(__AVX__) && !defined(__AVX512F__)
  typedef double register_t4 __attribute__((vector_size(32)));
  return __builtin_ia32_movmskpd256((register_t4)(a < bound)) != 0;
#else
  return __builtin_reduce_or((a < bound)) != 0;
#endif
}

// The lanes added up by halves: one after the other they would wait for each other.
static inline __attribute__((always_inline)) float backsolve_floats_total(backsolve_floats a) {
#if BACKSOLVE_FLOAT_LANES == 16
  const float __attribute__((ext_vector_type(8))) eight = a.lo + a.hi;
#else
  const backsolve_floats eight = a;
#endif
  const float __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
  const float __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}
static inline __attribute__((always_inline)) double backsolve_doubles_total(backsolve_doubles a) {
#if BACKSOLVE_DOUBLE_LANES == 8
  const double __attribute__((ext_vector_type(4))) four = a.lo + a.hi;
#else
  const backsolve_doubles four = a;
#endif
  const double __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}

// Two to the power of the whole number n in the low bits of 1.5 2^m + n, where the unit of 2^m is one.
static inline __attribute__((always_inline)) backsolve_floats backsolve_floats_power_of_two(backsolve_floats a) {
  typedef unsigned int bits __attribute__((ext_vector_type(BACKSOLVE_FLOAT_LANES)));
  return (backsolve_floats)(((bits)a + 127u) << 23);
}
static inline __attribute__((always_inline)) backsolve_doubles backsolve_doubles_power_of_two(backsolve_doubles a) {
  typedef unsigned long long bits __attribute__((ext_vector_type(BACKSOLVE_DOUBLE_LANES)));
  return (backsolve_doubles)(((bits)a + 1023u) << 52);
}

#undef BACKSOLVE_LANES
#undef BACKSOLVE_FUSED
#endif
