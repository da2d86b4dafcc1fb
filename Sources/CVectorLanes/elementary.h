// Logarithm and arc tangent of all lanes at once, to the last bit or two, for arguments that panels and points give.
//
// Argument reductions and the coefficients of the polynomials are the classical ones of fdlibm (Sun Microsystems 1993),
// here without branches: the cases are computed and selected.
#ifndef BACKSOLVE_ELEMENTARY_H
#define BACKSOLVE_ELEMENTARY_H
#include "lanes.h"

// What comparisons of vectors of doubles yield.
typedef __typeof__((backsolve_doubles)0.0 > 0.0) backsolve_longs;

// `a` where the test is zero, `b` elsewhere.
static inline __attribute__((always_inline)) backsolve_doubles backsolve_doubles_where_zero(
    backsolve_doubles test, backsolve_doubles a, backsolve_doubles b) {
  return test == 0.0 ? a : b;
}
// `a` where the test is above the bound, `b` elsewhere.
static inline __attribute__((always_inline)) backsolve_doubles backsolve_doubles_where_above(
    backsolve_doubles test, double bound, backsolve_doubles a, backsolve_doubles b) {
  return test > bound ? a : b;
}

// The natural logarithm of positive, normal numbers.
static inline __attribute__((always_inline)) backsolve_doubles backsolve_doubles_log(backsolve_doubles x) {
  const backsolve_longs bits = (backsolve_longs)x;
  // x = 2^k m with m in [1, 2), then in [√½, √2).
  const backsolve_longs exponent = (backsolve_longs)((bits >> 52) | 0x4330000000000000LL);
  backsolve_doubles k = (backsolve_doubles)exponent - (0x1p52 + 1023.0);
  backsolve_doubles m = (backsolve_doubles)((bits & 0x000fffffffffffffLL) | 0x3ff0000000000000LL);
  const backsolve_longs high = m > 1.4142135623730951;
  m = high ? 0.5 * m : m;
  k = high ? k + 1.0 : k;
  const backsolve_doubles f = m - 1.0;
  const backsolve_doubles s = f / (2.0 + f), z = s * s, w = z * z;
  const backsolve_doubles t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const backsolve_doubles t2 = z * (6.666666666666735130e-01 +
      w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const backsolve_doubles half = 0.5 * f * f;
  // ln 2 in two parts.
  return k * 6.93147180369123816490e-01 - ((half - (s * (half + (t1 + t2)) + k * 1.90821492927058770002e-10)) - f);
}

// The angle of the point (x, y) in (-π, π]; undefined at the origin.
static inline __attribute__((always_inline)) backsolve_doubles backsolve_doubles_atan2(
    backsolve_doubles y, backsolve_doubles x) {
  const backsolve_longs sign = (backsolve_longs)y & (backsolve_longs)(backsolve_doubles)-0.0;
  const backsolve_doubles ax = __builtin_elementwise_abs(x), ay = __builtin_elementwise_abs(y);
  const backsolve_longs steep = ay > ax;
  const backsolve_doubles large = steep ? ay : ax, small = steep ? ax : ay;
  // atan(t), t = small / large, directly up to tan(π/8) and about π/4 above.
  const backsolve_longs middle = small > 0.41421356237309503 * large;
  const backsolve_doubles t = (middle ? small - large : small) / (middle ? small + large : large);
  const backsolve_doubles z = t * t, w = z * z;
  const backsolve_doubles s1 = z * (3.33333333333329318027e-01 + w * (1.42857142725034663711e-01 +
      w * (9.09088713343650656196e-02 + w * (6.66107313738753120669e-02 +
      w * (4.97687799461593236017e-02 + w * 1.62858201153657823623e-02)))));
  const backsolve_doubles s2 = w * (-1.99999999998764832476e-01 + w * (-1.11111104054623557880e-01 +
      w * (-7.69187620504482999495e-02 + w * (-5.83357013379057348645e-02 + w * -3.65315727442169155270e-02))));
  const backsolve_doubles base = middle ? (backsolve_doubles)7.85398163397448278999e-01 : (backsolve_doubles)0.0;
  const backsolve_doubles rest = middle ? (backsolve_doubles)3.06161699786838301793e-17 : (backsolve_doubles)0.0;
  backsolve_doubles angle = base - ((t * (s1 + s2) - rest) - t);
  angle = steep ? 1.57079632679489655800e+00 - (angle - 6.12323399573676603587e-17) : angle;
  angle = x < 0.0 ? 3.14159265358979311600e+00 - (angle - 1.22464679914735317723e-16) : angle;
  return (backsolve_doubles)((backsolve_longs)angle ^ sign);
}
#endif
