// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A radio that hears what the test says.

#pragma once

#include "hw/hw-radio.h"

G_BEGIN_DECLS

#define FAKE_TYPE_RADIO (fake_radio_get_type ())
G_DECLARE_FINAL_TYPE (FakeRadio, fake_radio, FAKE, RADIO, GObject)

FakeRadio *fake_radio_new (void); // hearing
void fake_radio_set_state (FakeRadio *self, HwRadioState state);
void fake_radio_set_problem (FakeRadio *self, const char *problem); // (nullable) its state stays
// Its state stays. While it rests already: since now.
void fake_radio_rest (FakeRadio *self, gboolean is_resting);
// An advertisement of AD structures, from a random address that ends in @address.
void fake_radio_hear (
    FakeRadio *self, const guint8 *structures, gsize len, guint8 address, int rssi_dbm);

// What whoever connects reads from now on: @len bytes of @value, or a G_IO_ERROR_… (with @len 0).
void fake_radio_answers (FakeRadio *self, const guint8 *value, gsize len, int error_code);
guint fake_radio_get_n_reads (FakeRadio *self);

G_END_DECLS
