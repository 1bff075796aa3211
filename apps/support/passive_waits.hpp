#pragma once

namespace chorus::app {

/// Makes threads that wait for each other sleep rather than spin, which on a busy machine would
/// take the time of those that work. OpenMP reads this from the environment before main() begins,
/// so the program is executed once more, unless the user has set OMP_WAIT_POLICY or GOMP_SPINCOUNT,
/// or the system does not let it: then nothing changes.
void wait_passively(char** argv);

}  // namespace chorus::app
