#pragma once

namespace chorus::app {

/// From now on SIGINT, SIGTERM and SIGPIPE (sent when nobody reads the output) only set a flag, so
/// that work in progress can be saved. A second SIGINT or SIGTERM ends the program at once.
void catch_interrupts();
bool interrupted();

}  // namespace chorus::app
