// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-feed-retain.h"

typedef enum { UNIT_S, UNIT_MS } Unit;

// A tag is somebody's until it is not heard any more: folded or not. The other links are over
// within the hour.
#define UNHEARD_LINKS                                                                              \
  "DELETE FROM link WHERE at_s < $1 AND (from_s > 0 OR (NOT EXISTS"                                \
  " (SELECT 1 FROM fold WHERE fold.beacon = link.beacon AND fold.arrived_s >= $1) AND NOT EXISTS"  \
  " (SELECT 1 FROM stay JOIN subject ON subject.id = stay.subject"                                 \
  " WHERE subject.key = link.beacon AND stay.arrived_s >= $1)))"

// $1 is the time. A stream's last run stays: the next one is compared with it.
static const struct {
  Unit unit;
  const char *sql;
} statements[] = {
  { UNIT_S, "DELETE FROM visit WHERE arrived_s + slack_s < $1" },
  { UNIT_S, "DELETE FROM unclear WHERE arrived_s + slack_s < $1" },
  { UNIT_S, UNHEARD_LINKS }, // before what was folded goes
  { UNIT_S, "DELETE FROM badge WHERE day * 86400 + 86400 <= $1" },
  { UNIT_S, "DELETE FROM fold WHERE arrived_s < $1" },
  { UNIT_S, "DELETE FROM gap WHERE to_s + slack_s < $1" },
  { UNIT_S, "DELETE FROM heard WHERE start_s < $1" },
  { UNIT_MS, "DELETE FROM amendment WHERE at_ms < $1" },
  { UNIT_MS, "DELETE FROM quarantine WHERE taken_ms < $1" },
  { UNIT_MS, "DELETE FROM enrolment WHERE expires_ms < $1" },
  { UNIT_MS, "DELETE FROM run WHERE taken_ms < $1 AND last <"
             " (SELECT last FROM stream WHERE stream.id = run.stream)" },
};

static gboolean
run_all (TraceDb *db, gint64 before_s, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++) {
    const TraceValue value = TRACE_INT (statements[i].unit == UNIT_MS ? before_s * 1000 : before_s);
    if (!trace_db_run (db, statements[i].sql, &value, 1, NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
trace_feed_retain (TraceDb *db, gint64 before_s, GError **error)
{
  if (!trace_db_begin (db, error))
    return FALSE;
  if (run_all (db, before_s, error) && trace_db_commit (db, error))
    return TRUE;
  trace_db_roll_back (db);
  g_prefix_error (error, "letting old records go: ");
  return FALSE;
}
