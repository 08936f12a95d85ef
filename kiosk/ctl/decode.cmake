# Sources of `tramxanhctl decode`, and the libraries that they need.
pkg_check_modules (GDK_PIXBUF REQUIRED IMPORTED_TARGET gdk-pixbuf-2.0>=2.42)
list (APPEND CTL_SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/ctl-decode.c
  ${CMAKE_CURRENT_LIST_DIR}/ctl-picture.c
)
list (APPEND CTL_LIBS tx_hw_decoder PkgConfig::GDK_PIXBUF PkgConfig::GLIB m)
