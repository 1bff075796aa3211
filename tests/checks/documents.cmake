# Links, anchors and file names in documents exist, and the reading order is as short as it says.
add_test(NAME links_in_documents
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/checks/check_documents.sh ${PROJECT_SOURCE_DIR})
add_test(NAME broken_links_are_noticed
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/checks/check_documents.sh
          ${CMAKE_CURRENT_SOURCE_DIR}/checks/broken_documents)
set_tests_properties(broken_links_are_noticed PROPERTIES PASS_REGULAR_EXPRESSION " 5 mistakes")
add_test(NAME reading_order
  COMMAND ${CMAKE_COMMAND} -DENGINE=${PROJECT_SOURCE_DIR}/engine
          -P ${CMAKE_CURRENT_SOURCE_DIR}/checks/reading_order.cmake)
set_tests_properties(links_in_documents reading_order broken_links_are_noticed PROPERTIES
  TIMEOUT 60 LABELS quick)
