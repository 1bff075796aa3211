#pragma once

namespace chorus::app {

/// From now on SIGINT and SIGTERM only set a flag, so that work in hand can be saved; a second one
/// ends the program at once.
void catch_interrupts();
bool interrupted();

}  // namespace chorus::app
