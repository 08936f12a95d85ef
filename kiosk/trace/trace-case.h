// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cases: who was infectious when, under which rule, and who follows from it. Everything that an
// officer does to one is in the audit log. Identifiers and labels are 1 to 64 of [A-Za-z0-9_.-],
// and say nothing about anybody.

#pragma once

#include "kiosk/trace/trace-rules.h"
#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_CASE_WORD_MAX 64
#define TRACE_CASE_NOW      G_MAXINT64 // as to_s: until whenever it is computed

typedef struct {
  char *id;
  char *rule;
  gint64 rule_version;
  TraceQuestion question; // from_s and limit are not used: each index case has its own span
  gint64 opened_ms, closed_ms, computed_ms; // 0: not yet
  char *opened_by, *closed_by;              // closed_by: "" while open
  gint64 version;                           // of whatever was changed last
  gint64 dropped_before_s;                  // stays before that were let go since; 0: none
} TraceCase;

void trace_case_free (TraceCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceCase, trace_case_free)

gboolean trace_case_is_word (const char *text);

// With @rule's numbers, or @question's where it differs. TRACE_ERROR_REFUSED: there is such a case.
gboolean trace_case_open (TraceDb *db,
                          const char *id,
                          const TraceRule *rule,
                          const TraceQuestion *question,
                          const char *officer,
                          GError **error);
// TRACE_ERROR_REFUSED: there is none.
TraceCase *trace_case_load (TraceDb *db, const char *id, GError **error);
// Likewise, and: it was closed.
TraceCase *trace_case_load_open (TraceDb *db, const char *id, GError **error);
GPtrArray *trace_case_list (TraceDb *db, GError **error); // (transfer full) of TraceCase, by id
gboolean trace_case_close (
    TraceDb *db, const char *id, const char *officer, const char *reason, GError **error);

// One of the subjects that an index case is known by.
typedef struct {
  char label[TRACE_CASE_WORD_MAX + 1]; // the person
  guint8 subject[TRACE_SUBJECT_SIZE];
  gint64 from_s, to_s; // infectious; TRACE_CASE_NOW: still
  gboolean is_withdrawn;
  gboolean is_slot; // of a phone's identifier: at other times it was somebody else
} TraceIndexCase;

// What is there already is there again: also what was withdrawn. TRACE_ERROR_REFUSED: a subject is
// there by another label.
gboolean trace_case_add (TraceDb *db,
                         const char *id,
                         const TraceIndexCase *entries,
                         gsize n_entries,
                         const char *officer,
                         GError **error);
// All subjects of @label. TRACE_ERROR_REFUSED: there is none such, or it was withdrawn.
gboolean trace_case_withdraw (TraceDb *db,
                              const char *id,
                              const char *label,
                              const char *officer,
                              const char *reason,
                              GError **error);
// (transfer full) of TraceIndexCase, by label, subject, time.
GArray *trace_case_list_index (TraceDb *db, const char *id, GError **error);

// What the store knows of the people that a case is about, but for those who were withdrawn: a seed
// for each of them.
typedef struct {
  GArray *seeds;  // of TraceSeed
  GArray *limits; // of TraceLimit: what the seeds consist of
  gint64 from_s;  // when the first was infectious, known or not; TRACE_CASE_NOW: nobody was
} TraceCasePeople;

void trace_case_people_clear (TraceCasePeople *people);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceCasePeople, trace_case_people_clear)

// @entries: as trace_case_list_index () has them.
gboolean trace_case_find_people (TraceStore *store,
                                 const GArray *entries,
                                 TraceCasePeople *ret_people,
                                 GError **error);

typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE];
  guint8 via[TRACE_SUBJECT_SIZE]; // level 0: itself
  guint8 level;                   // 0: an index case
  guint8 doubts;                  // TRACE_DOUBT_…
  gint64 exposed_s, overlap_s;    // level 0: 0
  gint64 version;                 // of the case, when this came to be so
  gint64 kept_before_s; // it rests on stays before that, which were let go; 0: on what is there
} TraceCaseLevel;

// As it was computed last: by level, exposure, subject. (transfer full) of TraceCaseLevel.
GArray *trace_case_list_levels (TraceDb *db, const char *id, GError **error);
// Is, or was by the last computation, the subject part of the case?
gboolean trace_case_has_subject (TraceDb *db,
                                 const char *id,
                                 const guint8 subject[TRACE_SUBJECT_SIZE],
                                 gboolean *ret_has,
                                 GError **error);

#define TRACE_CASE_NO_LEVEL (-1)

typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE];
  int before, after; // levels; NO_LEVEL: not in the case
} TraceCaseChange;

// Computes the case anew from what the store holds now, and keeps the answer. Who had a level by
// stays that were let go keeps it as long as whom they have it from. (transfer full) of
// TraceCaseChange: whose level changed, by subject. TRACE_ERROR_BUSY: somebody changed the case
// meanwhile, nothing was kept. @progress: nullable.
GArray *trace_case_compute (TraceStore *store,
                            const char *id,
                            const char *officer,
                            gint64 now_s,
                            TraceProgress progress,
                            gpointer user_data,
                            GError **error);

G_END_DECLS
