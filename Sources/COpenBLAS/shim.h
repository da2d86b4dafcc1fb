#include <cblas.h>

// Whether the processor that this build is for multiplies and adds in one instruction. Without one, a fused
// multiply-add is a slow library call.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define BACKSOLVE_FUSES_MULTIPLY_ADD 1
#else
#define BACKSOLVE_FUSES_MULTIPLY_ADD 0
#endif

// Asks for a cache line ahead of its use; never faults, whatever the address.
static inline void backsolve_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }
