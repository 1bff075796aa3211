#pragma once

namespace chorus::app {

/// From now on SIGINT, SIGTERM, SIGHUP (the terminal is gone), SIGUSR1 (of batch systems, before
/// the time is up) and SIGPIPE (nobody reads the output) only set a flag, so that work in progress
/// can be saved. A second SIGINT or SIGTERM ends the program at once. SIGHUP stays ignored if it
/// was (nohup).
void catch_interrupts();
bool interrupted();

}  // namespace chorus::app
