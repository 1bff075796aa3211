#include "support/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace chorus::app {

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

extern "C" void note_interrupt(int) { interrupt_seen = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second signal has its usual effect
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  action.sa_flags = 0;  // the pipe may break again while work is being saved
  sigaction(SIGPIPE, &action, nullptr);
}

bool interrupted() { return interrupt_seen != 0; }

}  // namespace chorus::app
