// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/console-officer.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/trace/trace-session.h"

#define NOW_MS     (G_GINT64_CONSTANT (1100000) * 1000)
#define DEADLINE_S 60

static gint64
get_now_ms (gpointer user_data)
{
  return ((const Officer *) user_data)->now_ms;
}

static void
put (TraceStore *store,
     const char *subject,
     const char *venue,
     gint64 arrived_s,
     gint64 left_s,
     gint64 seq)
{
  g_autoptr (GError) error = NULL;
  gboolean is_new = FALSE;
  TraceArrival arrival = {
    .venue = venue,
    .zone = "main",
    .arrived_s = arrived_s,
    .left_s = left_s,
    .evidence = TRACE_EVIDENCE_QR,
    .doubts = seq == 3 ? TRACE_DOUBT_STATIC : 0,
    .kiosk = "k1",
    .seq = seq,
  };
  g_assert_true (trace_subject_read (subject, arrival.subject));
  g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
  g_assert_no_error (error);
}

// An has lunch with Ba; Ba meets Chi at the station afterwards; Dung was there before.
static void
fill (TraceStore *store)
{
  g_assert_true (trace_store_begin (store, NULL));
  put (store, AN, "quan-an", 1000000, 1003600, 1);
  put (store, BA, "quan-an", 1001800, 1005400, 2);
  put (store, BA, "bến xe, cổng 2", 1010000, 1012000, 3);
  put (store, CHI, "bến xe, cổng 2", 1010600, 1014000, 4);
  put (store, DUNG, "bến xe, cổng 2", 1000000, 1010200, 5);
  g_assert_true (trace_store_commit (store, NULL));
}

void
officer_restart_console (Officer *officer)
{
  g_clear_pointer (&officer->console, trace_console_free);
  officer->console = trace_console_new (officer->store, &officer->options);
}

static char *
make_uri (const Officer *officer, gconstpointer postgres)
{
  if (postgres == NULL)
    return g_strdup_printf ("sqlite:%s/core.db", officer->folder);
  g_autofree char *name = g_strdup_printf ("console%u", g_str_hash (officer->folder));
  g_autofree char *conninfo = trace_postgres_make_database ((TracePostgres *) postgres, name);
  return g_strconcat ("postgres:", conninfo, NULL);
}

void
officer_set_up (Officer *officer, gconstpointer postgres)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { .now_s = NOW_MS / 1000, .longest_stay_s = 16 * 3600 };
  officer->folder = g_dir_make_tmp ("tramxanh-console-XXXXXX", NULL);
  officer->uri = make_uri (officer, postgres);
  officer->store = trace_store_open (officer->uri, &open_stays, &error);
  g_assert_no_error (error);
  fill (officer->store);
  TraceDb *db = trace_store_get_db (officer->store);
  g_assert_true (trace_officer_add (db, "lan", TRACE_ROLE_OFFICER, PASSWORD, NOW_MS, &error));
  // The others have her password too: hashing takes its time.
  g_assert_true (trace_db_run (
      db,
      "INSERT INTO officer (name, role, password, made_ms) SELECT 'minh', 'officer', password,"
      " made_ms FROM officer UNION ALL SELECT 'quan-tri', 'admin', password, made_ms FROM officer",
      TRACE_NO_VALUES, NULL, &error));
  officer->now_ms = NOW_MS;
  officer->options = (TraceConsoleOptions){
    .uri = officer->uri, .open_stays = open_stays, .now_ms = get_now_ms, .user_data = officer
  };
  officer->peer = "192.0.2.7";
  officer->host = "core.example:8443";
  officer->origin = "https://core.example:8443";
  officer->type = "application/json";
  officer->site = "same-origin";
  officer->is_secure = TRUE;
  officer_restart_console (officer);
}

static void
forget_answer (Officer *officer)
{
  g_clear_pointer (&officer->text, g_free);
  g_clear_pointer (&officer->json, json_object_unref);
  g_clear_pointer (&officer->fields, g_hash_table_unref);
}

void
officer_tear_down (Officer *officer, gconstpointer unused)
{
  trace_console_free (officer->console);
  trace_store_close (officer->store);
  forget_answer (officer);
  g_autoptr (GDir) dir = g_dir_open (officer->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (officer->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (officer->folder), ==, 0);
  g_free (officer->cookie);
  g_free (officer->csrf);
  g_free (officer->uri);
  g_free (officer->folder);
}

static void
add (GHashTable *fields, const char *name, const char *value)
{
  if (value != NULL)
    (void) g_hash_table_insert (fields, g_strdup (name), g_strdup (value));
}

static GHashTable *
list_fields (const Officer *officer)
{
  GHashTable *fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *cookie =
      officer->cookie != NULL ? g_strconcat ("other=1; ", officer->cookie, NULL) : NULL;
  add (fields, "cookie", cookie);
  add (fields, "host", officer->host);
  add (fields, "origin", officer->origin);
  add (fields, "sec-fetch-site", officer->site);
  add (fields, "content-type", officer->type);
  add (fields, "x-csrf-token", officer->csrf_field != NULL ? officer->csrf_field : officer->csrf);
  return fields;
}

static void
take_cookie (Officer *officer, const char *value)
{
  g_free (officer->cookie);
  officer->cookie = g_strndup (value, strcspn (value, ";"));
  if (g_str_has_suffix (officer->cookie, "=")) {
    g_clear_pointer (&officer->cookie, g_free);
    g_clear_pointer (&officer->csrf, g_free);
  }
}

static void
take_fields (Officer *officer, const TraceReply *reply)
{
  officer->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; reply->fields != NULL && i < reply->fields->len; i++) {
    const char *line = g_ptr_array_index (reply->fields, i);
    const char *colon = strstr (line, ": ");
    g_assert_nonnull (colon);
    g_autofree char *name = g_strndup (line, (gsize) (colon - line));
    g_assert_true (g_hash_table_insert (officer->fields, g_ascii_strdown (name, -1),
                                        g_strdup (colon + 2))); // none is there twice
  }
  const char *cookie = officer_get_field (officer, "set-cookie");
  if (cookie != NULL)
    take_cookie (officer, cookie);
}

static void
take_body (Officer *officer, const TraceReply *reply)
{
  gsize len = 0;
  const char *data = reply->body != NULL ? g_bytes_get_data (reply->body, &len) : "";
  officer->text = g_strndup (data, len);
  if (reply->type == NULL || !g_str_has_prefix (reply->type, "application/json"))
    return;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, officer->text, -1, NULL));
  officer->json = json_node_dup_object (json_parser_get_root (parser));
  if (json_object_has_member (officer->json, "csrf")) {
    g_free (officer->csrf);
    officer->csrf = g_strdup (json_object_get_string_member (officer->json, "csrf"));
  }
}

guint
officer_ask (Officer *officer, const char *method, const char *target, const char *body)
{
  g_auto (GStrv) parts = g_strsplit (target, "?", 2);
  g_autoptr (GHashTable) fields = list_fields (officer);
  g_autoptr (GHashTable) query =
      parts[1] != NULL ? g_uri_parse_params (parts[1], -1, "&", G_URI_PARAMS_NONE, NULL)
                       : g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GBytes) bytes = g_bytes_new (body, body != NULL ? strlen (body) : 0);
  const TraceRequest request = {
    .method = method,
    .path = parts[0],
    .query = query,
    .fields = fields,
    .body = bytes,
    .peer = officer->peer,
    .is_secure = officer->is_secure,
  };
  TraceReply reply = { 0 };
  forget_answer (officer);
  if (!trace_console_handle (officer->console, &request, &reply))
    return 0;
  officer->status = reply.status;
  take_fields (officer, &reply);
  take_body (officer, &reply);
  trace_reply_clear (&reply);
  return officer->status;
}

guint
officer_sign_in (Officer *officer, const char *name, const char *password)
{
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
  return officer_ask (officer, "POST", "/api/session", body);
}

void
officer_open_case (Officer *officer, const char *id)
{
  g_autofree char *body = g_strdup_printf ("{\"id\":\"%s\",\"rule\":\"default\"}", id);
  g_assert_cmpuint (officer_ask (officer, "POST", "/api/cases", body), ==, 201);
}

const char *
officer_get_field (const Officer *officer, const char *name)
{
  return g_hash_table_lookup (officer->fields, name);
}

const char *
officer_get_text (const Officer *officer, const char *member)
{
  return officer->json != NULL && json_object_has_member (officer->json, member)
             ? json_object_get_string_member (officer->json, member)
             : "";
}

gint64
officer_get_int (const Officer *officer, const char *member)
{
  return json_object_get_int_member (officer->json, member);
}

const char *
officer_wait_for_search (Officer *officer, const char *id)
{
  g_autofree char *path = g_strconcat ("/api/search/", id, NULL);
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  do {
    g_thread_yield ();
    officer->now_ms += 50; // as a page would wait
    g_assert_cmpuint (officer_ask (officer, "GET", path, NULL), ==, 200);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  } while (g_str_equal (officer_get_text (officer, "state"), "running"));
  return officer_get_text (officer, "state");
}
