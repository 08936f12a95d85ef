add_library (tx_hw_decoder STATIC)
target_sources (tx_hw_decoder
  PRIVATE
    hw-qr-bend.c
    hw-qr-budget.c
    hw-qr-code.c
    hw-qr-collection.c
    hw-qr-correct.c
    hw-qr-decoder.c
    hw-qr-finder.c
    hw-qr-grid.c
    hw-qr-guide.c
    hw-qr-modules.c
    hw-qr-plane.c
    hw-qr-segments.c
    hw-qr-zbar.c)
target_link_libraries (tx_hw_decoder PRIVATE tramxanh_options PkgConfig::ZBAR m)
# Its time budget means nothing in a build that is ten times slower.
target_compile_options (tx_hw_decoder PRIVATE -O2)
