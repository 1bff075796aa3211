#pragma once

namespace chorus::app {

/// From now on SIGINT, SIGTERM and SIGPIPE (nobody reads what is printed) only set a flag, so that
/// work in hand can be saved; a second one of the first two ends the program at once.
void catch_interrupts();
bool interrupted();

}  // namespace chorus::app
