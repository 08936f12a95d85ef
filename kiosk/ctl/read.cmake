# Sources of `tramxanhctl read`, and of the JSON writer that all subcommands share.
list (APPEND CTL_SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/ctl-json.c
  ${CMAKE_CURRENT_LIST_DIR}/ctl-read.c
)
