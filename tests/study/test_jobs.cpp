#include "study/jobs.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "chorus/error.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "support/model_output.hpp"
#include "temporary_folder.hpp"

using namespace chorus;
using namespace chorus::app;
using namespace chorus::test;
using nlohmann::ordered_json;

namespace {

/// Jobs that count how often each was done.
struct Counted {
  std::vector<int> done = {0, 0, 0};

  std::vector<Job> jobs(int setting = 1) {
    std::vector<Job> list;
    list.reserve(done.size());
    for (std::size_t j = 0; j < done.size(); ++j)
      list.push_back({"job_" + std::to_string(j), "a job", {{"setting", setting}}, [this, j] {
                        ++done[j];
                        return ordered_json::array({{{"value", j}}});
                      }});
    return list;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(jobs)

BOOST_AUTO_TEST_CASE(a_finished_job_is_not_done_again) {
  const TemporaryFolder folder;
  Counted counted;
  const std::vector<ordered_json> first = run_jobs(folder.path(), counted.jobs());
  BOOST_TEST(first.size() == 3U);
  BOOST_TEST(first[2][0]["value"] == 2);
  std::filesystem::remove(folder.path() / "job_1.json");
  BOOST_TEST((run_jobs(folder.path(), counted.jobs()) == first));
  BOOST_TEST(counted.done == std::vector<int>({1, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_result_of_other_settings_is_refused) {
  const TemporaryFolder folder;
  Counted counted;
  run_jobs(folder.path(), counted.jobs());
  check_holds(error_of([&] { run_jobs(folder.path(), counted.jobs(2)); }),
              {"job_0.json", "setting: 1, now 2"});
  std::ofstream(folder.path() / "job_0.json") << R"({"settings": {"setting": 1}, "result": {}})";
  check_holds(error_of([&] { run_jobs(folder.path(), counted.jobs()); }), {"job_0.json", "rows"});
}

BOOST_AUTO_TEST_CASE(a_job_that_another_process_does_is_waited_for) {
  const TemporaryFolder folder;
  Counted counted;
  const std::vector<Job> list = counted.jobs();
  const std::filesystem::path file = folder.path() / "job_1.json";
  auto lock = OutputLock::if_free(file);
  BOOST_REQUIRE(lock != nullptr);
  BOOST_TEST(OutputLock::if_free(file) == nullptr);
  std::vector<ordered_json> results;
  std::thread other([&] { results = run_jobs(folder.path(), list); });
  while (!std::filesystem::exists(folder.path() / "job_2.json"))
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  // What the other process would write before it gives the lock back.
  write_atomically(file, [](std::ostream& out) {
    out << R"({"settings": {"setting": 1}, "result": {"rows": [{"value": 41}]}})";
  });
  lock.reset();
  other.join();
  BOOST_TEST(results[1][0]["value"] == 41);
  BOOST_TEST(counted.done == std::vector<int>({1, 0, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
