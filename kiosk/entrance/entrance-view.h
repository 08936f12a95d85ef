// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the entrance wants to be seen: one immutable value from which a screen derives itself whole.
// No text in it is meant for visitors but names of the venue and of the visitor (masked): sentences
// come from the screen's own table, keyed by EntranceMessage.

#pragma once

#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

typedef enum {
  ENTRANCE_PAGE_STARTING,
  ENTRANCE_PAGE_WAITING,
  ENTRANCE_PAGE_RESULT,
  ENTRANCE_PAGE_NO_CODE, // "no code?": what to do without one
  ENTRANCE_PAGE_OUT_OF_SERVICE,
  ENTRANCE_PAGE_ENROL, // before the first start: somebody joins the kiosk to a core
} EntrancePage;

typedef enum {
  ENTRANCE_TONE_NONE,
  ENTRANCE_TONE_GREEN,
  ENTRANCE_TONE_AMBER,
  ENTRANCE_TONE_RED,
} EntranceTone;

// One message, one sentence that says what to do.
typedef enum {
  ENTRANCE_MESSAGE_NONE,
  // green
  ENTRANCE_MESSAGE_WELCOME,
  ENTRANCE_MESSAGE_GOODBYE,
  // amber
  ENTRANCE_MESSAGE_ALREADY_HERE, // with since_ms
  ENTRANCE_MESSAGE_NOT_INSIDE,   // leaving, but never arrived
  ENTRANCE_MESSAGE_ASK_STAFF,
  ENTRANCE_MESSAGE_CODE_EXPIRED,  // ours, out of its time: get a new one
  ENTRANCE_MESSAGE_ONE_AT_A_TIME, // two different codes in one frame
  ENTRANCE_MESSAGE_MULTI_PART,    // a part of a series
  ENTRANCE_MESSAGE_HEALTH_PASS,   // known, not read here: show the card
  // red
  ENTRANCE_MESSAGE_UNKNOWN_CODE,
  ENTRANCE_MESSAGE_UNREADABLE, // encoding, control characters: ask for another document
  ENTRANCE_MESSAGE_DAMAGED,    // a card's fields are wrong
  ENTRANCE_MESSAGE_LINK,
  ENTRANCE_MESSAGE_WIFI,
  ENTRANCE_MESSAGE_PAYMENT,
  ENTRANCE_MESSAGE_VENUE_POSTER,
  ENTRANCE_MESSAGE_SECRET,
  ENTRANCE_MESSAGE_EMPTY,
  ENTRANCE_MESSAGE_FORGED,       // our pass with a wrong signature
  ENTRANCE_MESSAGE_NOT_RECORDED, // the journal failed: not checked in
  // out of service
  ENTRANCE_MESSAGE_NO_CAMERA,
  ENTRANCE_MESSAGE_CAMERA_BUSY,
  ENTRANCE_MESSAGE_CAMERA_FORMAT,
  ENTRANCE_MESSAGE_CAMERA_FROZEN,
  ENTRANCE_MESSAGE_JOURNAL_FAILED,
  ENTRANCE_MESSAGE_DISK_FULL,
  ENTRANCE_MESSAGE_POWER, // it is about to go, or flickered
  ENTRANCE_N_MESSAGES,
} EntranceMessage;

// For staff, beside everything else: slips are a courtesy, and entry goes on without them.
typedef enum {
  ENTRANCE_PAPER_FINE, // or there is no printer
  ENTRANCE_PAPER_LOW,
  ENTRANCE_PAPER_OUT,
  ENTRANCE_PAPER_TROUBLE, // the printer is missing, open, jammed
} EntrancePaper;

// For staff, too: what of the kiosk itself wants a hand; the most urgent.
typedef enum {
  ENTRANCE_NEED_NOTHING,
  ENTRANCE_NEED_DISK,   // four fifths are used
  ENTRANCE_NEED_ROOM,   // so little is left that only visits are recorded
  ENTRANCE_NEED_BUTTON, // one hangs
  ENTRANCE_NEED_PANEL,  // lamps and buttons do not answer
  ENTRANCE_NEED_CASE,   // somebody opened it
  ENTRANCE_NEED_POWER,  // its sensor says for long that it fails
} EntranceNeed;

typedef enum {
  ENTRANCE_RADIO_NONE, // none is configured
  ENTRANCE_RADIO_FINE,
  ENTRANCE_RADIO_TROUBLE,
} EntranceRadio;

// How the records get to the tracing core; for staff, and never in a visitor's way.
typedef enum {
  ENTRANCE_LINK_NONE, // stand-alone, or nothing is known yet
  ENTRANCE_LINK_FINE,
  ENTRANCE_LINK_OFFLINE,
  ENTRANCE_LINK_STOPPED, // the core wants nothing from this kiosk: somebody has to look at it
} EntranceLink;

typedef struct {
  EntranceLink link;
  guint64 backlog;         // records that wait
  gint64 delivered_ms;     // when the core last took some; 0: never
  gint64 offline_since_ms; // 0: is not
  gboolean clocks_differ;  // the core's clock and ours
} EntranceFeed;

typedef enum {
  ENTRANCE_ENROLMENT_NONE,
  ENTRANCE_ENROLMENT_WAITING, // for a code before the camera, as in all but JOINING and JOINED
  ENTRANCE_ENROLMENT_JOINING,
  ENTRANCE_ENROLMENT_REFUSED,     // the code was used, or is too old
  ENTRANCE_ENROLMENT_UNREACHABLE, // or somebody else answers
  ENTRANCE_ENROLMENT_FAILED,      // this machine could not
  ENTRANCE_ENROLMENT_JOINED,      // once people say that the words are the same
  ENTRANCE_ENROLMENT_DROPPED,     // they differ, or nobody said anything: not joined
  ENTRANCE_N_ENROLMENTS,
} EntranceEnrolmentPhase;

typedef struct {
  EntranceEnrolmentPhase phase;
  char *venue;       // (nullable) of JOINED, as the words are
  char *kiosk_words; // of the two keys, for people to compare
  char *core_words;
} EntranceEnrolment;

EntranceEnrolment entrance_enrolment_copy (const EntranceEnrolment *enrolment);
void entrance_enrolment_clear (EntranceEnrolment *enrolment);

typedef enum {
  ENTRANCE_DIRECTION_ARRIVING,
  ENTRANCE_DIRECTION_LEAVING,
} EntranceDirection;

// Boxed, reference-counted, immutable.
typedef struct {
  EntrancePage page;
  EntranceDirection direction; // leaving: the visitor pressed "leaving", the next code checks out
  EntranceTone tone;           // green only ever with a JournalCommitted behind it
  EntranceMessage message;
  char *masked_name;  // (nullable) "N. V. An"
  gint64 at_ms;       // when it was recorded, wall clock; 0: none
  gint64 since_ms;    // already here since; 0: none
  gboolean is_repeat; // the same answer again; nothing new was recorded
  guint result_id;    // counts results: a new number is a new result, to be animated
  guint result_ms;    // how long a result stays
  guint people_inside;
  EntranceRadio radio;
  guint people_near;      // with a phone that can be heard, at least
  gint64 now_ms;          // wall clock of this view; moves at least once a minute
  gboolean clock_trusted; // false: show no time
  gboolean is_standalone; // not enrolled with a tracing core
  EntrancePaper paper;
  EntranceNeed need;
  EntranceFeed feed;
  EntranceEnrolment enrolment;
  gboolean camera_is_blind; // too dark, or its lens is covered; codes are still looked for
  char *venue_name;
} EntranceView;

#define ENTRANCE_TYPE_VIEW (entrance_view_get_type ())
GType entrance_view_get_type (void);

// A copy of @model, whose tone is not green: green takes a proof.
EntranceView *entrance_view_new (const EntranceView *model);

// A copy of @model in green. The only way to a green view: @committed says that the record is on
// the disk.
EntranceView *entrance_view_new_recorded (const EntranceView *model,
                                          const JournalCommitted *committed);

EntranceView *entrance_view_ref (EntranceView *view);
void entrance_view_unref (EntranceView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntranceView, entrance_view_unref)

// A stable lower-case word for logs, never NULL.
const char *entrance_message_to_string (EntranceMessage message);

G_END_DECLS
