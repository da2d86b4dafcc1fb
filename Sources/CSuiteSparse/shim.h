#include <suitesparse/cholmod.h>
// CHOLMOD is built with OpenMP; only this call, made inside the process, keeps it to one thread.
extern void omp_set_num_threads(int count);
