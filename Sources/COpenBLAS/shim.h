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

// OpenBLAS carries LAPACK, but Debian's development package has no C header for it. Column-major, all by reference.
extern void dgetrf_(const int *rows, const int *columns, double *a, const int *stride, int *pivots, int *info);
extern void dgetrs_(
    const char *transpose, const int *n, const int *columns, const double *a, const int *stride, const int *pivots,
    double *b, const int *columnStride, int *info);
extern void dsyev_(
    const char *vectors, const char *triangle, const int *n, double *a, const int *stride, double *values,
    double *work, const int *workCount, int *info);

// OpenBLAS starts threads when it is loaded, and they spin for a tenth of a second waiting for work. This ends them; it
// is what OpenBLAS itself does before a fork. Its header does not have it, nor do its builds without threads.
extern int blas_thread_shutdown_(void) __attribute__((weak));
static inline void backsolve_end_blas_threads(void) {
    if (blas_thread_shutdown_) blas_thread_shutdown_();
}
