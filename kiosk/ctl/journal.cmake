# Sources of `tramxanhctl journal`.
list (APPEND CTL_SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/ctl-clock.c
  ${CMAKE_CURRENT_LIST_DIR}/ctl-hours.c
  ${CMAKE_CURRENT_LIST_DIR}/ctl-journal.c
)
