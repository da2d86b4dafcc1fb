/* Loaded before XFOIL: its main program asks the Fortran runtime for floating-point traps, and the viscous mode of some
   builds divides by zero on the way to a good answer. The request is swallowed. */
#define _GNU_SOURCE
#include <fenv.h>

void _gfortran_set_fpe(int traps) {
  (void)traps;
  fedisableexcept(FE_ALL_EXCEPT);
}
