/* A beam's compliance with its gradient, from C.
 *
 *   swift build -c release --product BacksolveC
 *   cc Examples/C/beam.c -ISources/CBindings/include -L.build/release -lBacksolveC -Wl,-rpath,.build/release -o beam
 *   ./beam Scenes/Structures/mbb-beam.yaml
 */
#include <backsolve.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
  const char *path = count > 1 ? arguments[1] : "Scenes/Structures/mbb-beam.yaml";
  const char *overrides[] = {"domain.grid.cells=[24, 8]"};
  char why[1024];
  backsolve_scene scene;
  if (backsolve_abi_version() != BACKSOLVE_ABI_VERSION) return 1;
  if (backsolve_scene_open(path, overrides, 1, 1, &scene, why, sizeof why) != BACKSOLVE_OK) {
    fprintf(stderr, "%s\n", why);
    return 1;
  }
  size_t n, rows, state;
  backsolve_scene_sizes(scene, &n, &rows, &state);
  double *x = malloc(n * sizeof *x), *gradient = malloc(n * sizeof *gradient), objective;
  if (!x || !gradient) return 1;
  backsolve_scene_start(scene, x, n);
  int32_t status =
      backsolve_value_and_gradient(scene, x, n, &objective, gradient, n, NULL, 0, why, sizeof why);
  if (status != BACKSOLVE_OK)
    fprintf(stderr, "status %d: %s\n", status, why);
  else
    printf("Backsolve %s: compliance %.6f J, first slope %.6f, %zu entries, %zu rows\n", backsolve_version(), objective,
           gradient[0], n, rows);
  free(gradient);
  free(x);
  backsolve_scene_close(scene);
  return status;
}
