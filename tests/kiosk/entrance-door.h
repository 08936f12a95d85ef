// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A door for tests: the real session between a fake clock, panel and journal, and words for what
// visitors do at it.

#pragma once

#include "kiosk/entrance/entrance-session.h"
#include "tests/fakes/fake-clock.h"
#include "tests/fakes/fake-journal.h"
#include "tests/fakes/fake-panel.h"

G_BEGIN_DECLS

// Made-up people; the numbers fit the names' sex and year.
#define PERSON_AN  "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define PERSON_BA  "042303000017||Trần Thị Ba|21032003|Nữ|Hà Tĩnh|14082021"
#define PERSON_ODD "042303000018||Lê Văn Lạ|21032003|Nam|Hà Tĩnh|14082021" // the number says female

typedef struct {
  EntranceProfile profile;
  FakeClock *clock;
  FakePanel *panel;
  JournalStore *journal;
  EntranceSession *session;
  guint n_decided;
  guint n_greens; // decided, green and new
} Door;

Door *door_new (EntranceSecondScan second_scan); // open, camera ready
void door_free (Door *door);                     // everything must be finalized by this
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Door, door_free)

// One frame with these payloads in it, nearest the middle first, NULL-terminated; "" is a part of a
// multi-part code.
void door_show (Door *door, const char *payload, ...) G_GNUC_NULL_TERMINATED;
void door_show_and_settle (Door *door, const char *payload);
const EntranceView *door_view (Door *door);
void door_wait (Door *door, guint ms); // settles before and after
char *door_person (guint number);      // a made-up card, (transfer full)

G_END_DECLS
