#include <suitesparse/cholmod.h>
// CHOLMOD is built with OpenMP and asks for four threads by a clause in each parallel region, which
// omp_set_num_threads does not override. With no active level allowed, every region runs on the thread that enters it.
extern void omp_set_num_threads(int count);
extern void omp_set_max_active_levels(int levels);
