// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-fold.h"

#include "kiosk/trace/trace-store-private.h"

gboolean
trace_fold_rename (TraceStore *store,
                   const guint8 old[TRACE_SUBJECT_SIZE],
                   const guint8 subject[TRACE_SUBJECT_SIZE],
                   GError **error)
{
  guint32 from = 0, to = 0;
  return trace_names_find_subject (store->names, old, FALSE, &from, error) &&
         (from == 0 ||
          (trace_names_find_subject (store->names, subject, TRUE, &to, error) &&
           trace_db_run (store->db, "UPDATE stay SET subject = $2 WHERE subject = $1",
                         TRACE_VALUES (TRACE_INT (from), TRACE_INT (to)), NULL, error) &&
           trace_db_run (store->db, "UPDATE unclear SET subject = $2 WHERE subject = $1",
                         TRACE_VALUES (TRACE_BYTES (old, TRACE_SUBJECT_SIZE),
                                       TRACE_BYTES (subject, TRACE_SUBJECT_SIZE)),
                         NULL, error)));
}
