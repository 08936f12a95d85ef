// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The store's numbers for places, kiosks and subjects. What was looked up is remembered, within
// bounds. Numbers are from 1; 0: there is none.

#pragma once

#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

#define TRACE_KEY_SIZE 16

typedef struct TraceNames TraceNames;

// Borrows @db, and @adding: where new numbers are given. On PostgreSQL that is a connection beside
// @db, outside of its transactions: nobody waits for a name until somebody else's transaction has
// ended, and no two wait for each other.
TraceNames *trace_names_new (TraceDb *db, TraceDb *adding);
void trace_names_free (TraceNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceNames, trace_names_free)

void trace_names_set_adding (TraceNames *names, TraceDb *adding);

// What is remembered is not true any more.
void trace_names_forget (TraceNames *names);

gboolean trace_names_find_place (TraceNames *names,
                                 const char *venue,
                                 const char *zone,
                                 gboolean may_add,
                                 guint32 *ret_number,
                                 GError **error);
gboolean trace_names_find_source (TraceNames *names,
                                  const char *name, // "": 0
                                  gboolean may_add,
                                  guint32 *ret_number,
                                  GError **error);
gboolean trace_names_find_subject (TraceNames *names,
                                   const guint8 key[TRACE_KEY_SIZE],
                                   gboolean may_add,
                                   guint32 *ret_number,
                                   GError **error);

// Many at once, added where they are missing. @ret_numbers: of each of @keys, which lie @stride
// bytes apart.
gboolean trace_names_find_subjects (TraceNames *names,
                                    const guint8 *keys,
                                    gsize stride,
                                    gsize n_keys,
                                    guint32 *ret_numbers,
                                    GError **error);

// Borrowed until @names are freed; "" when unknown.
const char *trace_names_get_venue (TraceNames *names, guint32 place);
const char *trace_names_get_zone (TraceNames *names, guint32 place);
gboolean trace_names_get_key (TraceNames *names,
                              guint32 subject,
                              guint8 ret_key[TRACE_KEY_SIZE],
                              GError **error);

G_END_DECLS
