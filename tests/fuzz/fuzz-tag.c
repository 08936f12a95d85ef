// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any text as enrolled tags: both ways of reading agree, and nobody's badge is of two tags.

#include "kiosk/core/ct-tag.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  bool are_staff[CT_TAGS_MAX];
  struct ct_span text = { (const char *) data, size };
  struct ct_credential credential;
  int n_tags = ct_tags_read (text, tags);
  if (ct_tags_read_staff (text, are_staff) != n_tags ||
      (ct_tag_read_credential (text, &credential) && credential.is_staff))
    abort ();
  for (int i = 0; i < n_tags; i++)
    if (!ct_tag_is (&tags[i]) || ct_tags_find (tags, (size_t) n_tags, &tags[i]) != i)
      abort ();
  return 0;
}
