/* Backsolve for C, and for whatever can call C: a scene file as a function with derivatives.
 *
 * Link with libBacksolveC. Everything is in SI units, arrays are of doubles, row-major.
 *
 *   backsolve_scene scene;
 *   char why[512];
 *   if (backsolve_scene_open("beam.yaml", NULL, 0, 1, &scene, why, sizeof why)) { puts(why); return 1; }
 *   size_t n, rows, state;
 *   backsolve_scene_sizes(scene, &n, &rows, &state);
 *   ... x and gradient of n doubles ...
 *   backsolve_scene_start(scene, x, n);
 *   backsolve_value_and_gradient(scene, x, n, &objective, gradient, n, NULL, 0, why, sizeof why);
 *   backsolve_scene_close(scene);
 *
 * Rules that hold everywhere:
 *  - Every function returns a status (below), and never more than that goes wrong: a handle that is not open, a null
 *    pointer, a size that does not fit, a number that is not finite or outside its bounds, memory that is not aligned for
 *    doubles. Pointers that are neither null nor valid are beyond what a library can know.
 *  - The caller owns all memory. Outputs take a size, which must be exactly that of the output; null with size 0 means
 *    that the output is not wanted. What outputs hold where the status is not BACKSOLVE_OK is not said.
 *  - `message` may be null. It gets a UTF-8 text, cut to `message_size` bytes with a zero at its end: what went wrong, what
 *    was found, what was expected.
 *  - Any number of threads may call at once, with the same handle too. The same input gives the same bits.
 *  - A handle that was closed is never given again.
 */
#ifndef BACKSOLVE_H
#define BACKSOLVE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header; backsolve_abi_version() must return the same. */
#define BACKSOLVE_ABI_VERSION 1

enum {
  BACKSOLVE_OK = 0,
  BACKSOLVE_SOLVE_FAILED = 1,     /* a numerical failure at an input that is in order; the message says what was tried */
  BACKSOLVE_INVALID_INPUT = 2,    /* a mistake in the scene or in an argument */
  BACKSOLVE_MACHINE = 3,          /* the machine refused: memory, files */
  BACKSOLVE_WRONG_HANDLE = 4,     /* not open, or of the other kind */
  BACKSOLVE_BUFFER_TOO_SMALL = 5, /* of backsolve_scene_description alone */
  BACKSOLVE_CANCELLED = 130       /* ended by backsolve_scene_cancel */
};

typedef uint64_t backsolve_scene;         /* 0 is never open */
typedef uint64_t backsolve_linearization; /* 0 is never open */

/* The version of the library as a text that lives as long as the process. */
const char *backsolve_version(void);
int32_t backsolve_abi_version(void);

/* At most this many threads (1 to 1024) work at once in the process. It changes how long work takes, never its result. */
int32_t backsolve_set_threads(int32_t count);

/* ---- Scenes ------------------------------------------------------------------------------------------------------- */

/* Opens a scene file. `overrides` are texts such as "domain.grid.cells=[60, 20]". `iteration` (1 or more) is that of a run
 * whose continuation holds: schedules change what a design means in the course of a run. */
int32_t backsolve_scene_open(const char *path, const char *const *overrides, size_t override_count, int32_t iteration,
                             backsolve_scene *scene, char *message, size_t message_size);

/* Calls under way and open linearizations keep what they work with. */
int32_t backsolve_scene_close(backsolve_scene scene);

/* Ends the calls that run with this scene now: they return BACKSOLVE_CANCELLED, later ones are not affected. */
int32_t backsolve_scene_cancel(backsolve_scene scene);

/* Entries of a design, of the rows, and of the state outputs together. Each pointer may be null. */
int32_t backsolve_scene_sizes(backsolve_scene scene, size_t *design, size_t *rows, size_t *state);

/* What the scene takes and returns, as JSON:
 *   {"name", "title", "design": [{"name", "shape", "unit"}], "objective": {"name", "sense"},
 *    "rows": [{"name", "objective": bool, "bounds": [{"at-most" or "at-least" or "equals": number}]}],
 *    "state": [{"name", "shape", "unit"}], "solver", "version"}
 * The parts of "design" and "state" lie one after the other in the vectors of the functions below. `needed` (may be null)
 * gets the bytes it takes, with the zero at its end. */
int32_t backsolve_scene_description(backsolve_scene scene, char *buffer, size_t size, size_t *needed);

int32_t backsolve_scene_bounds(backsolve_scene scene, double *lower, double *upper, size_t design_count);
int32_t backsolve_scene_start(backsolve_scene scene, double *design, size_t design_count);

/* ---- Values and derivatives --------------------------------------------------------------------------------------- */

/* `objective` is as the scene defines it, not negated where it is maximized; it may be null. */
int32_t backsolve_evaluate(backsolve_scene scene, const double *design, size_t design_count, double *objective,
                           double *rows, size_t row_count, double *state, size_t state_count, char *message,
                           size_t message_size);

/* The gradient of the objective: one adjoint solve. Of the worst of several rows, that of the worst. */
int32_t backsolve_value_and_gradient(backsolve_scene scene, const double *design, size_t design_count,
                                     double *objective, double *gradient, size_t gradient_count, double *rows,
                                     size_t row_count, char *message, size_t message_size);

/* The rows with their Jacobian, `[rows, design]`: one adjoint solve a row. */
int32_t backsolve_jacobian(backsolve_scene scene, const double *design, size_t design_count, double *rows,
                           size_t row_count, double *jacobian, size_t jacobian_count, char *message,
                           size_t message_size);

/* The Hessian of the rows' sum with `weights`, times a direction: a central difference of two gradients. */
int32_t backsolve_hessian_vector(backsolve_scene scene, const double *design, size_t design_count,
                                 const double *weights, size_t row_count, const double *direction,
                                 size_t direction_count, double *product, size_t product_count, char *message,
                                 size_t message_size);

/* ---- Linearizations: solve once, differentiate many times --------------------------------------------------------- */

int32_t backsolve_linearize(backsolve_scene scene, const double *design, size_t design_count, double *objective,
                            double *rows, size_t row_count, double *state, size_t state_count,
                            backsolve_linearization *linearization, char *message, size_t message_size);

int32_t backsolve_linearization_close(backsolve_linearization linearization);

/* The vector-Jacobian product: weights on the rows and a seed on the state outputs (either null with size 0 for zero) to
 * the gradient. One adjoint solve. */
int32_t backsolve_pullback(backsolve_linearization linearization, const double *weights, size_t row_count,
                           const double *state_seed, size_t state_count, double *gradient, size_t gradient_count,
                           char *message, size_t message_size);

/* The Jacobian-vector product of rows and state outputs. Where a model has no forward derivative, rows are products of
 * their gradients with the direction, and the state is a central difference of two solutions. */
int32_t backsolve_pushforward(backsolve_linearization linearization, const double *direction, size_t direction_count,
                              double *rows, size_t row_count, double *state, size_t state_count, char *message,
                              size_t message_size);

/* ---- The scene's own optimizer ------------------------------------------------------------------------------------ */

/* Told after every iteration; a value other than 0 ends the run after the next one. `rows` live during the call. */
typedef int32_t (*backsolve_iteration)(void *user, int32_t iteration, double objective, double worst_violation,
                                       double change, const double *rows, size_t row_count);

/* Runs the optimizer of the scene, without files. `callback` and the other outputs may be null. On success `message` gets
 * why the run ended. */
int32_t backsolve_optimize(backsolve_scene scene, backsolve_iteration callback, void *user, double *design,
                           size_t design_count, double *objective, double *rows, size_t row_count,
                           int32_t *iterations, char *message, size_t message_size);

#ifdef __cplusplus
}
#endif

#endif
