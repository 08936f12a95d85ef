// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/core/ct-tag.h"

#include <glib.h>

#define UID     "eddystone-uid:000102030405060708091a1b1c1d1e1f"
#define IBEACON "ibeacon:E2C56DB5DFFB48D2B060D0F5A71096E000010002"

static void
test_reads_tags (void)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  g_assert_cmpint (ct_tags_read (ct_span_of (""), tags), ==, 0);
  g_assert_cmpint (ct_tags_read (ct_span_of ("  " UID "  " IBEACON " "), tags), ==, 2);
  g_assert_cmpint (tags[0].kind, ==, CT_BEACON_EDDYSTONE_UID);
  g_assert_cmpuint (tags[0].id_len, ==, 16);
  g_assert_cmpint (tags[0].id[15], ==, 0x1f);
  g_assert_cmpint (tags[1].kind, ==, CT_BEACON_IBEACON);
  g_assert_cmpint (tags[1].id[0], ==, 0xe2);
}

static void
test_tells_badges_from_tags (void)
{
  struct ct_beacon tags[CT_TAGS_MAX], plain[CT_TAGS_MAX];
  bool are_staff[CT_TAGS_MAX] = { true };
  struct ct_span text = ct_span_of (UID " " IBEACON ":staff");
  g_assert_cmpint (ct_tags_read (text, tags), ==, 2);
  g_assert_cmpint (ct_tags_read (ct_span_of (UID " " IBEACON), plain), ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (ct_tags_find (plain, 2, &tags[i]), ==, (int) i); // it is the tag that it was
  g_assert_cmpint (ct_tags_read_staff (text, are_staff), ==, 2);
  g_assert_false (are_staff[0]);
  g_assert_true (are_staff[1]);
  g_assert_cmpint (ct_tags_read_staff (ct_span_of (""), are_staff), ==, 0);
}

static void
test_refuses_what_is_no_tag (void)
{
  static const char *const wrong[] = {
    "ibeacon",
    "ibeacon:",
    "ibeacon:E2C56DB5DFFB48D2B060D0F5A71096E00001000",
    "ibeacon:E2C56DB5DFFB48D2B060D0F5A71096E00001000g",
    "wifi:000102030405060708091a1b1c1d1e1f",
    "exposure:000102030405060708091a1b1c1d1e1f",
    UID " eddystone-uid:000102030405060708091A1B1C1D1E1F",
    UID " " UID ":staff", // whose it is would be anybody's guess
    UID ":",
    UID ":Staff",
    UID ":staff:",
    UID ":staff:staff",
    UID ":guest",
    UID " :staff",
    "staff:" UID,
  };
  struct ct_beacon tags[CT_TAGS_MAX];
  bool are_staff[CT_TAGS_MAX];
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_cmpint (ct_tags_read (ct_span_of (wrong[i]), tags), ==, -1);
    g_assert_cmpint (ct_tags_read_staff (ct_span_of (wrong[i]), are_staff), ==, -1);
  }
}

// A badge has one subject, however people name it; a code that says so makes nobody staff.
static void
test_names_a_badge_as_its_tag (void)
{
  struct ct_credential badge, tag;
  g_assert_true (ct_tag_read_credential (ct_span_of (UID ":staff"), &badge));
  g_assert_true (ct_tag_read_credential (ct_span_of ("tag:" UID), &tag));
  g_assert_cmpstr (badge.subject, ==, tag.subject);
  g_assert_cmpstr (badge.subject, ==, "tag:" UID);
  g_assert_false (badge.is_staff);
  g_assert_false (ct_tag_read_credential (ct_span_of (UID ":nobody"), &badge));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/tag/reads-tags", test_reads_tags);
  g_test_add_func ("/core/tag/tells-badges-from-tags", test_tells_badges_from_tags);
  g_test_add_func ("/core/tag/refuses-what-is-no-tag", test_refuses_what_is_no_tag);
  g_test_add_func ("/core/tag/names-a-badge-as-its-tag", test_names_a_badge_as_its_tag);
  return g_test_run ();
}
