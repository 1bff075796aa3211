# What documents point to is there.
add_test(NAME links_in_documents
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/checks/check_documents.sh ${PROJECT_SOURCE_DIR})
add_test(NAME broken_links_are_noticed
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/checks/check_documents.sh
          ${CMAKE_CURRENT_SOURCE_DIR}/checks/broken_documents)
set_tests_properties(broken_links_are_noticed PROPERTIES PASS_REGULAR_EXPRESSION " 5 mistakes")
set_tests_properties(links_in_documents broken_links_are_noticed PROPERTIES
  TIMEOUT 60 LABELS quick)
