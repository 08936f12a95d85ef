// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// libgpiod 2, and nothing of it outside this file. Outputs and inputs are one request each: the
// kernel hands out all lines of a request or none.

#define G_LOG_DOMAIN "hw-panel-gpio"

#include "hw/hw-panel-gpio.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <gpiod.h>
#include <string.h>

#define CONSUMER    "tramxanh"
#define LOOK_MS     2000
#define EVENTS_MAX  64
#define BUZZ_STEPS  4
#define DEV_FOLDER  "/dev"
#define CHIP_PREFIX "gpiochip"

struct _HwPanelGpio {
  GObject parent_instance;

  char *chip_label;
  GArray *lines; // of HwPanelLine
  guint offsets[HW_PANEL_N_PARTS];
  gboolean is_wired[HW_PANEL_N_PARTS];

  struct gpiod_line_request *outputs; // (nullable)
  struct gpiod_line_request *inputs;  // (nullable)
  struct gpiod_edge_event_buffer *events;
  guint inputs_id;
  guint look_id;
  gboolean is_ready;
  char *problem;

  HwLamp lamp;
  guint blink_id;
  guint relay_id;
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
  if (self->outputs == NULL || !self->is_wired[part])
    return;
  if (gpiod_line_request_set_value (self->outputs, self->offsets[part],
                                    is_active ? GPIOD_LINE_VALUE_ACTIVE
                                              : GPIOD_LINE_VALUE_INACTIVE) < 0)
    set_problem (self, g_strdup_printf ("panel %s: setting %s: %s", self->chip_label,
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
  if (self->outputs == NULL || !self->is_wired[HW_PANEL_PART_BUZZER])
    return;
  g_clear_handle_id (&self->buzz_id, g_source_remove);
  self->buzz = buzz;
  self->buzz_step = 0;
  (void) on_buzz_step (self);
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
    if (!self->is_wired[part] || self->offsets[part] != offset)
      continue;
    if (seqno != self->seqno[input] + 1)
      g_debug ("panel %s: %s: %lu edges lost", self->chip_label, hw_panel_part_to_string (part),
               seqno - self->seqno[input] - 1);
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
    set_problem (self, g_strdup_printf ("panel %s: gone", self->chip_label));
    return G_SOURCE_REMOVE;
  }
  for (int i = 0; i < n_events && self->inputs != NULL; i++)
    take_event (self, gpiod_edge_event_buffer_get_event (self->events, (unsigned long) i));
  return G_SOURCE_CONTINUE;
}

static char *
label_of (struct gpiod_chip *chip)
{
  struct gpiod_chip_info *about = gpiod_chip_get_info (chip);
  char *label = about != NULL ? g_strdup (gpiod_chip_info_get_label (about)) : NULL;
  g_clear_pointer (&about, gpiod_chip_info_free);
  return label;
}

// The only chip of our label; NULL: none, or two, or one that may not be opened.
static struct gpiod_chip *
find_chip (HwPanelGpio *self, char **ret_problem)
{
  g_autoptr (GDir) folder = g_dir_open (DEV_FOLDER, 0, NULL);
  struct gpiod_chip *found = NULL;
  *ret_problem = g_strdup_printf ("panel %s: no such chip", self->chip_label);
  for (const char *name = NULL; folder != NULL && (name = g_dir_read_name (folder)) != NULL;) {
    g_autofree char *path = g_build_filename (DEV_FOLDER, name, NULL);
    if (!g_str_has_prefix (name, CHIP_PREFIX) || !gpiod_is_gpiochip_device (path))
      continue;
    struct gpiod_chip *chip = gpiod_chip_open (path);
    g_autofree char *label = chip != NULL ? label_of (chip) : NULL;
    if (g_strcmp0 (label, self->chip_label) != 0) {
      g_clear_pointer (&chip, gpiod_chip_close);
      continue;
    }
    if (found != NULL) {
      gpiod_chip_close (chip);
      g_clear_pointer (&found, gpiod_chip_close);
      g_free (*ret_problem);
      *ret_problem = g_strdup_printf ("panel %s: two chips of that label", self->chip_label);
      return NULL;
    }
    found = chip;
  }
  if (found != NULL)
    g_clear_pointer (ret_problem, g_free);
  return found;
}

static char *
find_offsets (HwPanelGpio *self, struct gpiod_chip *chip)
{
  for (guint i = 0; i < self->lines->len; i++) {
    const HwPanelLine *line = &g_array_index (self->lines, HwPanelLine, i);
    int offset = line->name[0] != '\0' ? gpiod_chip_get_line_offset_from_name (chip, line->name)
                                       : (int) line->offset;
    if (offset < 0)
      return g_strdup_printf ("panel %s: no line '%s'", self->chip_label, line->name);
    self->offsets[line->part] = (guint) offset;
    self->is_wired[line->part] = TRUE;
  }
  return NULL;
}

static struct gpiod_line_settings *
make_settings (const HwPanelLine *line)
{
  static const enum gpiod_line_bias biases[] = {
    [HW_LINE_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
    [HW_LINE_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
    [HW_LINE_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
    [HW_LINE_NO_PULL] = GPIOD_LINE_BIAS_DISABLED,
  };
  static const enum gpiod_line_drive drives[] = {
    [HW_LINE_PUSH_PULL] = GPIOD_LINE_DRIVE_PUSH_PULL,
    [HW_LINE_OPEN_DRAIN] = GPIOD_LINE_DRIVE_OPEN_DRAIN,
    [HW_LINE_OPEN_SOURCE] = GPIOD_LINE_DRIVE_OPEN_SOURCE,
  };
  struct gpiod_line_settings *settings = gpiod_line_settings_new ();
  gpiod_line_settings_set_active_low (settings, line->is_active_low);
  if (line->part < HW_PANEL_FIRST_INPUT) {
    (void) gpiod_line_settings_set_direction (settings, GPIOD_LINE_DIRECTION_OUTPUT);
    (void) gpiod_line_settings_set_drive (settings, drives[line->drive]);
    (void) gpiod_line_settings_set_output_value (settings, GPIOD_LINE_VALUE_INACTIVE);
    return settings;
  }
  (void) gpiod_line_settings_set_direction (settings, GPIOD_LINE_DIRECTION_INPUT);
  (void) gpiod_line_settings_set_bias (settings, biases[line->bias]);
  (void) gpiod_line_settings_set_edge_detection (settings, GPIOD_LINE_EDGE_BOTH);
  (void) gpiod_line_settings_set_event_clock (settings, GPIOD_LINE_CLOCK_MONOTONIC);
  gpiod_line_settings_set_debounce_period_us (settings, HW_PANEL_GPIO_DEBOUNCE_US);
  return settings;
}

static char *
name_consumer (HwPanelGpio *self, struct gpiod_chip *chip, gboolean are_inputs)
{
  for (guint i = 0; i < self->lines->len; i++) {
    const HwPanelLine *line = &g_array_index (self->lines, HwPanelLine, i);
    if ((line->part >= HW_PANEL_FIRST_INPUT) != are_inputs)
      continue;
    struct gpiod_line_info *about = gpiod_chip_get_line_info (chip, self->offsets[line->part]);
    char *problem = NULL;
    if (about != NULL && gpiod_line_info_is_used (about))
      problem = g_strdup_printf (
          "panel %s: %s is used by '%s'", self->chip_label, hw_panel_part_to_string (line->part),
          gpiod_line_info_get_consumer (about) != NULL ? gpiod_line_info_get_consumer (about)
                                                       : "the kernel");
    g_clear_pointer (&about, gpiod_line_info_free);
    if (problem != NULL)
      return problem;
  }
  return g_strdup_printf ("panel %s: a line is busy", self->chip_label);
}

// All inputs, or all outputs. Leaves *@ret_request NULL when there are none.
static char *
request_lines (HwPanelGpio *self,
               struct gpiod_chip *chip,
               gboolean are_inputs,
               struct gpiod_line_request **ret_request)
{
  struct gpiod_line_config *config = gpiod_line_config_new ();
  struct gpiod_request_config *request = gpiod_request_config_new ();
  guint n_lines = 0;
  char *problem = NULL;
  for (guint i = 0; i < self->lines->len; i++) {
    const HwPanelLine *line = &g_array_index (self->lines, HwPanelLine, i);
    if ((line->part >= HW_PANEL_FIRST_INPUT) != are_inputs)
      continue;
    struct gpiod_line_settings *settings = make_settings (line);
    (void) gpiod_line_config_add_line_settings (config, &self->offsets[line->part], 1, settings);
    gpiod_line_settings_free (settings);
    n_lines++;
  }
  gpiod_request_config_set_consumer (request, CONSUMER);
  if (n_lines > 0)
    *ret_request = gpiod_chip_request_lines (chip, request, config);
  if (n_lines > 0 && *ret_request == NULL)
    problem = errno == EBUSY ? name_consumer (self, chip, are_inputs)
                             : g_strdup_printf ("panel %s: requesting lines: %s", self->chip_label,
                                                g_strerror (errno));
  gpiod_request_config_free (request);
  gpiod_line_config_free (config);
  return problem;
}

static void
listen (HwPanelGpio *self)
{
  int fd = gpiod_line_request_get_fd (self->inputs);
  (void) g_unix_set_fd_nonblocking (fd, TRUE, NULL); // read only when poll says so anyway
  self->inputs_id = g_unix_fd_add (fd, G_IO_IN | G_IO_ERR | G_IO_HUP, on_input_events, self);
}

// A button that hangs is no press; a contact tells how things stand.
static void
read_contacts (HwPanelGpio *self)
{
  for (HwPanelInput input = 0; input < HW_PANEL_N_INPUTS && self->inputs != NULL; input++) {
    HwPanelPart part = part_of_input (input);
    self->seqno[input] = 0;
    if (!self->is_wired[part])
      continue;
    gboolean is_active =
        gpiod_line_request_get_value (self->inputs, self->offsets[part]) == GPIOD_LINE_VALUE_ACTIVE;
    if (is_button (input))
      self->is_active[input] = is_active;
    else
      set_input (self, input, is_active);
  }
}

static void
connect_lines (HwPanelGpio *self)
{
  char *problem = NULL;
  struct gpiod_chip *chip = find_chip (self, &problem);
  if (chip != NULL)
    problem = find_offsets (self, chip);
  if (problem == NULL)
    problem = request_lines (self, chip, FALSE, &self->outputs);
  if (problem == NULL)
    problem = request_lines (self, chip, TRUE, &self->inputs);
  g_clear_pointer (&chip, gpiod_chip_close);
  if (problem == NULL && self->inputs != NULL)
    listen (self);
  set_problem (self, problem);
  if (problem != NULL)
    return;
  show_lamp (self);
  read_contacts (self);
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
    set_problem (self, g_strdup_printf ("panel %s: gone", self->chip_label));
  if (!self->is_ready)
    connect_lines (self);
  return G_SOURCE_CONTINUE;
}

static void
hw_panel_gpio_panel_init (HwPanelInterface *iface)
{
  iface->set_lamp = hw_panel_gpio_set_lamp;
  iface->open_door = hw_panel_gpio_open_door;
  iface->buzz = hw_panel_gpio_buzz;
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
    if (self->is_wired[part])
      (void) gpiod_line_request_set_value (self->outputs, self->offsets[part],
                                           GPIOD_LINE_VALUE_INACTIVE); // gone is off, too
  release (self);
  G_OBJECT_CLASS (hw_panel_gpio_parent_class)->dispose (object);
}

static void
hw_panel_gpio_finalize (GObject *object)
{
  HwPanelGpio *self = HW_PANEL_GPIO (object);
  gpiod_edge_event_buffer_free (self->events);
  g_array_unref (self->lines);
  g_free (self->chip_label);
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

HwPanelGpio *
hw_panel_gpio_new (const char *chip_label, GArray *lines)
{
  HwPanelGpio *self = g_object_new (HW_TYPE_PANEL_GPIO, NULL);
  self->chip_label = g_strdup (chip_label);
  self->lines = g_array_ref (lines);
  self->look_id = g_timeout_add (LOOK_MS, on_look, self);
  connect_lines (self);
  return self;
}
