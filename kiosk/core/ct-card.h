// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a visitor's own card says about them, in whichever format: a name to show, and a telephone
// number or mail address that identifies them. Private to the core.

#pragma once

#include "kiosk/core/ct-reader.h"

#define CT_CONTACT_MAIL_MAX 90 // bytes; with "card:" it is a subject

struct ct_contact {
  char phone[17]; // "+" and 8 to 15 digits (E.164); empty: none
  char mail[CT_CONTACT_MAIL_MAX + 1];
};

// The first number that makes sense stays; without a country it is of Viet Nam. Anything else is
// passed over.
void ct_contact_add_phone (struct ct_contact *contact, struct ct_span text);

// The first address that makes sense stays, in lower case.
void ct_contact_add_mail (struct ct_contact *contact, struct ct_span text);

// Subject and name; the number is preferred to the address. CT_REFUSAL_FORMAT when there is
// neither.
enum ct_refusal ct_contact_to_credential (const struct ct_contact *contact,
                                          struct ct_span name,
                                          struct ct_credential *credential);

// The formats. Their texts begin with "BEGIN:VCARD", and with "MECARD:" or "BIZCARD:".
enum ct_refusal ct_vcard_read (struct ct_span text, struct ct_credential *credential);
enum ct_refusal ct_mecard_read (struct ct_span text, struct ct_credential *credential);
