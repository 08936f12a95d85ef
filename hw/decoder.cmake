pkg_check_modules (ZXING REQUIRED IMPORTED_TARGET zxing>=1.4)

add_library (tx_hw_decoder STATIC)
target_sources (tx_hw_decoder
  PRIVATE
    hw-qr-decoder.c
    hw-qr-plane.c
    hw-qr-zbar.c
    hw-qr-zxing.cpp)
set_source_files_properties (hw-qr-zxing.cpp PROPERTIES COMPILE_DEFINITIONS ZX_USE_UTF8)
target_link_libraries (tx_hw_decoder PRIVATE tramxanh_options PkgConfig::ZBAR PkgConfig::ZXING m)
