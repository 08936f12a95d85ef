// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lamps, relay and buzzer out, buttons and contacts in, on the main loop.

#define G_LOG_DOMAIN "hw-panel-gpio"

#include "hw/hw-panel-gpio.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>

#include "hw/hw-panel-chip.h"

#define LOOK_MS    2000
#define EVENTS_MAX 64
#define POLLS_MIN  13
#define BUZZ_STEPS 4

struct _HwPanelGpio {
  GObject parent_instance;

  HwPanelWiring wiring;
  struct gpiod_line_request *outputs; // (nullable)
  struct gpiod_line_request *inputs;  // (nullable)
  struct gpiod_edge_event_buffer *events;
  guint inputs_id;
  guint contacts_id;
  guint poll_id;
  guint n_polls[HW_PANEL_N_INPUTS]; // in a row that saw a new level
  gint64 polled_since_us[HW_PANEL_N_INPUTS];
  guint look_id;
  gboolean is_ready;
  char *problem;

  HwLamp lamp;
  guint blink_id;
  guint relay_id;
  guint trigger_id;
  gboolean has_printer_power;
  guint buzz_id;
  HwBuzz buzz;
  guint buzz_step;
  gboolean is_active[HW_PANEL_N_INPUTS];
  unsigned long seqno[HW_PANEL_N_INPUTS]; // of the line's last event
};

enum { PROP_READY = 1, PROP_PROBLEM };

static void hw_panel_gpio_panel_init (HwPanelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HwPanelGpio,
                               hw_panel_gpio,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_PANEL, hw_panel_gpio_panel_init))

static void
release (HwPanelGpio *self)
{
  g_clear_handle_id (&self->inputs_id, g_source_remove);
  g_clear_handle_id (&self->contacts_id, g_source_remove);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  g_clear_handle_id (&self->trigger_id, g_source_remove);
  g_clear_handle_id (&self->blink_id, g_source_remove);
  g_clear_handle_id (&self->relay_id, g_source_remove);
  g_clear_handle_id (&self->buzz_id, g_source_remove);
  g_clear_pointer (&self->inputs, gpiod_line_request_release);
  g_clear_pointer (&self->outputs, gpiod_line_request_release);
}

// Takes @problem; NULL: ready.
static void
set_problem (HwPanelGpio *self, char *problem)
{
  gboolean is_ready = problem == NULL;
  gboolean is_new = g_strcmp0 (problem, self->problem) != 0;
  g_free (self->problem);
  self->problem = problem;
  if (!is_ready) {
    g_debug ("%s", problem);
    release (self);
  }
  if (is_new)
    g_object_notify (G_OBJECT (self), "problem");
  if (self->is_ready == is_ready)
    return;
  self->is_ready = is_ready;
  g_object_notify (G_OBJECT (self), "ready");
}

static void
set_line (HwPanelGpio *self, HwPanelPart part, gboolean is_active)
{
  if (self->outputs == NULL || !self->wiring.is_wired[part])
    return;
  if (gpiod_line_request_set_value (self->outputs, self->wiring.offsets[part],
                                    is_active ? GPIOD_LINE_VALUE_ACTIVE
                                              : GPIOD_LINE_VALUE_INACTIVE) < 0)
    set_problem (self, g_strdup_printf ("panel %s: setting %s: %s", self->wiring.chip_label,
                                        hw_panel_part_to_string (part), g_strerror (errno)));
}

static void
show_lamp (HwPanelGpio *self)
{
  static const HwPanelPart parts[] = { HW_PANEL_PART_GREEN, HW_PANEL_PART_AMBER,
                                       HW_PANEL_PART_RED };
  static const HwLamp lamps[] = { HW_LAMP_GREEN, HW_LAMP_AMBER, HW_LAMP_RED };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) // never two at a time
    if (self->lamp != lamps[i])
      set_line (self, parts[i], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (self->lamp == lamps[i])
      set_line (self, parts[i], TRUE);
}

static gboolean
on_blink_over (gpointer user_data)
{
  HwPanelGpio *self = user_data;
  self->blink_id = 0;
  show_lamp (self);
  return G_SOURCE_REMOVE;
}

// The next in a queue sees that the lamp means them: the same colour again goes off in between.
static void
hw_panel_gpio_set_lamp (HwPanel *panel, HwLamp lamp)
{
  HwPanelGpio *self = HW_PANEL_GPIO (panel);
  gboolean is_again = lamp == self->lamp && lamp != HW_LAMP_OFF;
  g_clear_handle_id (&self->blink_id, g_source_remove);
  self->lamp = is_again ? HW_LAMP_OFF : lamp;
  show_lamp (self);
  self->lamp = lamp;
  if (is_again)
    self->blink_id = g_timeout_add (HW_PANEL_GPIO_BLINK_MS, on_blink_over, self);
}

static gboolean
on_relay_over (gpointer user_data)
{
  HwPanelGpio *self = user_data;
  self->relay_id = 0;
  set_line (self, HW_PANEL_PART_RELAY, FALSE);
  return G_SOURCE_REMOVE;
}

// Another visitor within the pulse makes it longer.
static void
hw_panel_gpio_open_door (HwPanel *panel)
{
  HwPanelGpio *self = HW_PANEL_GPIO (panel);
  g_clear_handle_id (&self->relay_id, g_source_remove);
  self->relay_id = g_timeout_add (HW_PANEL_GPIO_RELAY_MS, on_relay_over, self);
  set_line (self, HW_PANEL_PART_RELAY, TRUE);
}

// Milliseconds on, off, on, ...; ends at 0.
static const guint buzz_patterns[][BUZZ_STEPS] = {
  [HW_BUZZ_SHORT] = { 80, 0 },
  [HW_BUZZ_TWICE] = { 80, 80, 80, 0 },
  [HW_BUZZ_LONG] = { 500, 0 },
};

static gboolean
on_buzz_step (gpointer user_data)
{
  HwPanelGpio *self = user_data;
  guint duration_ms = buzz_patterns[self->buzz][self->buzz_step];
  gboolean is_on = duration_ms > 0 && self->buzz_step % 2 == 0;
  self->buzz_step++;
  self->buzz_id = duration_ms > 0 ? g_timeout_add (duration_ms, on_buzz_step, self) : 0;
  set_line (self, HW_PANEL_PART_BUZZER, is_on);
  return G_SOURCE_REMOVE;
}

static void
hw_panel_gpio_buzz (HwPanel *panel, HwBuzz buzz)
{
  HwPanelGpio *self = HW_PANEL_GPIO (panel);
  if (self->outputs == NULL || !self->wiring.is_wired[HW_PANEL_PART_BUZZER])
    return;
  g_clear_handle_id (&self->buzz_id, g_source_remove);
  self->buzz = buzz;
  self->buzz_step = 0;
  (void) on_buzz_step (self);
}

static gboolean
on_trigger_over (gpointer user_data)
{
  HwPanelGpio *self = user_data;
  self->trigger_id = 0;
  set_line (self, HW_PANEL_PART_PRINTER_TRIGGER, FALSE);
  return G_SOURCE_REMOVE;
}

static void
hw_panel_gpio_trigger_printer (HwPanel *panel)
{
  HwPanelGpio *self = HW_PANEL_GPIO (panel);
  g_clear_handle_id (&self->trigger_id, g_source_remove);
  self->trigger_id = g_timeout_add (HW_PANEL_GPIO_TRIGGER_MS, on_trigger_over, self);
  set_line (self, HW_PANEL_PART_PRINTER_TRIGGER, TRUE);
}

static void
hw_panel_gpio_set_printer_power (HwPanel *panel, gboolean is_on)
{
  HwPanelGpio *self = HW_PANEL_GPIO (panel);
  self->has_printer_power = is_on;
  set_line (self, HW_PANEL_PART_PRINTER_POWER, is_on);
}

static HwPanelPart
part_of_input (HwPanelInput input)
{
  return (HwPanelPart) (HW_PANEL_FIRST_INPUT + (int) input);
}

static gboolean
is_button (HwPanelInput input)
{
  return input == HW_PANEL_PRINT_BUTTON || input == HW_PANEL_LEAVING_BUTTON;
}

static void
set_input (HwPanelGpio *self, HwPanelInput input, gboolean is_active)
{
  if (self->is_active[input] == is_active)
    return;
  self->is_active[input] = is_active;
  hw_panel_emit_input (HW_PANEL (self), input, is_active);
}

static void
take_event (HwPanelGpio *self, struct gpiod_edge_event *event)
{
  guint offset = gpiod_edge_event_get_line_offset (event);
  unsigned long seqno = gpiod_edge_event_get_line_seqno (event);
  gboolean is_active = gpiod_edge_event_get_event_type (event) == GPIOD_EDGE_EVENT_RISING_EDGE;
  for (HwPanelInput input = 0; input < HW_PANEL_N_INPUTS; input++) {
    HwPanelPart part = part_of_input (input);
    if (!self->wiring.is_wired[part] || self->wiring.offsets[part] != offset)
      continue;
    if (seqno != self->seqno[input] + 1)
      g_debug ("panel %s: %s: %lu edges lost", self->wiring.chip_label,
               hw_panel_part_to_string (part), seqno - self->seqno[input] - 1);
    self->seqno[input] = seqno;
    // With a lost edge in between the same level comes twice: then it went and came back.
    if (self->is_active[input] == is_active)
      set_input (self, input, !is_active);
    set_input (self, input, is_active);
  }
}

static gboolean
on_input_events (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (HwPanelGpio) self = g_object_ref (user_data); // a listener may drop the panel
  int n_events = -1;
  if ((condition & G_IO_IN) != 0)
    n_events = gpiod_line_request_read_edge_events (self->inputs, self->events, EVENTS_MAX);
  if (n_events < 0) {
    self->inputs_id = 0;
    set_problem (self, g_strdup_printf ("panel %s: gone", self->wiring.chip_label));
    return G_SOURCE_REMOVE;
  }
  for (int i = 0; i < n_events && self->inputs != NULL; i++)
    take_event (self, gpiod_edge_event_buffer_get_event (self->events, (unsigned long) i));
  return G_SOURCE_CONTINUE;
}

static gboolean
is_closed (HwPanelGpio *self, HwPanelInput input)
{
  guint offset = self->wiring.offsets[part_of_input (input)];
  return gpiod_line_request_get_value (self->inputs, offset) == GPIOD_LINE_VALUE_ACTIVE;
}

// A level counts when it has stayed as long as the kernel would wait, and was seen often enough:
// noise must not hide between two looks.
static gboolean
on_poll (gpointer user_data)
{
  g_autoptr (HwPanelGpio) self = g_object_ref (user_data);
  gint64 now_us = g_get_monotonic_time ();
  for (HwPanelInput input = 0; input < HW_PANEL_N_INPUTS && self->inputs != NULL; input++) {
    if (!self->wiring.is_wired[part_of_input (input)])
      continue;
    gboolean is_active = is_closed (self, input);
    self->n_polls[input] = is_active != self->is_active[input] ? self->n_polls[input] + 1 : 0;
    if (self->n_polls[input] <= 1)
      self->polled_since_us[input] = now_us;
    if (self->n_polls[input] >= POLLS_MIN &&
        now_us - self->polled_since_us[input] >= HW_PANEL_GPIO_DEBOUNCE_US)
      set_input (self, input, is_active);
  }
  return G_SOURCE_CONTINUE;
}

static void
listen (HwPanelGpio *self)
{
  if (self->wiring.polls) {
    memset (self->n_polls, 0, sizeof self->n_polls);
    self->poll_id = g_timeout_add (HW_PANEL_GPIO_POLL_MS, on_poll, self);
    return;
  }
  int fd = gpiod_line_request_get_fd (self->inputs);
  (void) g_unix_set_fd_nonblocking (fd, TRUE, NULL); // read only when poll says so anyway
  self->inputs_id = g_unix_fd_add (fd, G_IO_IN | G_IO_ERR | G_IO_HUP, on_input_events, self);
}

// A contact tells how things stand; not before somebody can listen.
static gboolean
on_contacts_due (gpointer user_data)
{
  g_autoptr (HwPanelGpio) self = g_object_ref (user_data);
  self->contacts_id = 0;
  for (HwPanelInput input = 0; input < HW_PANEL_N_INPUTS && self->inputs != NULL; input++)
    if (self->wiring.is_wired[part_of_input (input)] && !is_button (input))
      set_input (self, input, is_closed (self, input));
  return G_SOURCE_REMOVE;
}

// A button that hangs is no press.
static void
read_inputs (HwPanelGpio *self)
{
  memset (self->seqno, 0, sizeof self->seqno);
  for (HwPanelInput input = 0; input < HW_PANEL_N_INPUTS && self->inputs != NULL; input++)
    if (self->wiring.is_wired[part_of_input (input)] && is_button (input))
      self->is_active[input] = is_closed (self, input);
  if (self->contacts_id == 0)
    self->contacts_id = g_idle_add (on_contacts_due, self);
}

static void
connect_lines (HwPanelGpio *self)
{
  char *problem = hw_panel_chip_request (&self->wiring, &self->outputs, &self->inputs);
  if (problem == NULL && self->inputs != NULL)
    listen (self);
  set_problem (self, problem);
  if (problem != NULL)
    return;
  show_lamp (self);
  set_line (self, HW_PANEL_PART_PRINTER_POWER, self->has_printer_power);
  read_inputs (self);
}

static gboolean
is_there (struct gpiod_line_request *request)
{
  unsigned int offset = 0;
  if (request == NULL || gpiod_line_request_get_requested_offsets (request, &offset, 1) == 0)
    return TRUE;
  return gpiod_line_request_get_value (request, offset) != GPIOD_LINE_VALUE_ERROR;
}

// Before Linux 6.4 nobody is woken when a chip goes.
static gboolean
on_look (gpointer user_data)
{
  HwPanelGpio *self = user_data;
  if (self->is_ready && !(is_there (self->outputs) && is_there (self->inputs)))
    set_problem (self, g_strdup_printf ("panel %s: gone", self->wiring.chip_label));
  if (!self->is_ready)
    connect_lines (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
hw_panel_gpio_is_active (HwPanel *panel, HwPanelInput input)
{
  HwPanelGpio *self = HW_PANEL_GPIO (panel);
  return self->inputs != NULL && self->is_active[input];
}

static void
hw_panel_gpio_panel_init (HwPanelInterface *iface)
{
  iface->is_active = hw_panel_gpio_is_active;
  iface->set_lamp = hw_panel_gpio_set_lamp;
  iface->open_door = hw_panel_gpio_open_door;
  iface->buzz = hw_panel_gpio_buzz;
  iface->trigger_printer = hw_panel_gpio_trigger_printer;
  iface->set_printer_power = hw_panel_gpio_set_printer_power;
}

static void
hw_panel_gpio_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HwPanelGpio *self = HW_PANEL_GPIO (object);
  if (prop_id == PROP_READY)
    g_value_set_boolean (value, self->is_ready);
  else if (prop_id == PROP_PROBLEM)
    g_value_set_string (value, self->problem);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_panel_gpio_dispose (GObject *object)
{
  HwPanelGpio *self = HW_PANEL_GPIO (object);
  g_clear_handle_id (&self->look_id, g_source_remove);
  for (HwPanelPart part = 0; part < HW_PANEL_FIRST_INPUT && self->outputs != NULL; part++)
    if (self->wiring.is_wired[part])
      (void) gpiod_line_request_set_value (self->outputs, self->wiring.offsets[part],
                                           GPIOD_LINE_VALUE_INACTIVE); // gone is off, too
  release (self);
  G_OBJECT_CLASS (hw_panel_gpio_parent_class)->dispose (object);
}

static void
hw_panel_gpio_finalize (GObject *object)
{
  HwPanelGpio *self = HW_PANEL_GPIO (object);
  gpiod_edge_event_buffer_free (self->events);
  g_array_unref (self->wiring.lines);
  g_free (self->wiring.chip_label);
  g_free (self->problem);
  G_OBJECT_CLASS (hw_panel_gpio_parent_class)->finalize (object);
}

static void
hw_panel_gpio_class_init (HwPanelGpioClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_panel_gpio_get_property;
  object_class->dispose = hw_panel_gpio_dispose;
  object_class->finalize = hw_panel_gpio_finalize;
  g_object_class_override_property (object_class, PROP_READY, "ready");
  g_object_class_override_property (object_class, PROP_PROBLEM, "problem");
}

static void
hw_panel_gpio_init (HwPanelGpio *self)
{
  self->events = gpiod_edge_event_buffer_new (EVENTS_MAX);
}

static HwPanelGpio *
panel_new (const char *chip_label, GArray *lines, gboolean polls)
{
  HwPanelGpio *self = g_object_new (HW_TYPE_PANEL_GPIO, NULL);
  self->wiring.chip_label = g_strdup (chip_label);
  self->wiring.lines = g_array_ref (lines);
  self->wiring.polls = polls;
  self->look_id = g_timeout_add (LOOK_MS, on_look, self);
  connect_lines (self);
  return self;
}

HwPanelGpio *
hw_panel_gpio_new (const char *chip_label, GArray *lines)
{
  return panel_new (chip_label, lines, FALSE);
}

HwPanelGpio *
hw_panel_gpio_new_polling (const char *chip_label, GArray *lines)
{
  return panel_new (chip_label, lines, TRUE);
}
