// Configs from the X server's own GLX, where it has one: the visuals that programs find by other means
// then mean the same as natively, and lists look as they do there. What the host's GL cannot do is
// left out.
#include "gl/glx/protocol.h"
#include <stdlib.h>
#include <string.h>

#include "gl/glx/display.h"
#include "gl/window/host.h"
#include "gl/x11/request.h"

/// Both replies with tables begin like this.
struct table_reply {
  uint8_t type;
  uint8_t pad0;
  uint16_t sequence;
  uint32_t length; ///< 4-byte words that follow
  uint32_t rows;
  uint32_t columns;
  uint32_t pad1[4];
};

static int is_possible(const struct gf_glx_config *config, const struct gf_gl_host *host) {
  return config->level == 0 && !config->stereo && (config->render_type & GLX_RGBA_BIT) != 0 &&
         config->samples <= (int)host->max_samples && config->red <= 10 && config->red > 0 &&
         config->depth <= 32 && config->stencil <= 8 && config->aux_buffers == 0 &&
         config->transparent_type == GLX_NONE;
}

static void read_row(struct gf_glx_config *config, const uint32_t *pairs, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const struct gf_glx_attribute *attribute = gf_glx_attribute((int)pairs[2 * i]);
    if (attribute != NULL)
      *gf_glx_value(config, attribute) = (int)pairs[2 * i + 1];
  }
}

static char *server_string(struct gf_glx_display *display, int screen, uint32_t name) {
  const uint32_t body[2] = {(uint32_t)screen, name};
  struct table_reply *reply =
      gf_x_ask(display->x->events, &gf_x_glx, X_GLXQueryServerString, body, sizeof body);
  if (reply == NULL)
    return NULL;
  // `columns` is where this reply has the text's length.
  const uint64_t bytes = (uint64_t)reply->length * 4;
  char *text = strndup((const char *)(reply + 1), reply->columns < bytes ? reply->columns : bytes);
  free(reply);
  return text;
}

int gf_glx_configs_from_server(struct gf_glx_display *display, int screen) {
  const struct gf_gl_host *host = gf_gl_host();
  xcb_connection_t *connection = display->x->events;
  if (host == NULL || gf_x_extension(connection, &gf_x_glx) == NULL)
    return 0;
  const uint32_t version[2] = {1, 4};
  free(gf_x_ask(connection, &gf_x_glx, X_GLXQueryVersion, version, sizeof version));
  const uint32_t body = (uint32_t)screen;
  struct table_reply *reply =
      gf_x_ask(connection, &gf_x_glx, X_GLXGetFBConfigs, &body, sizeof body);
  if (reply == NULL)
    return 0;
  struct gf_glx_screen *into = &display->screens[screen];
  const uint64_t row_words = (uint64_t)reply->columns * 2;
  if (reply->columns > 256 || reply->rows > 65536 || reply->rows * row_words > reply->length ||
      (into->configs = calloc(reply->rows + 1, sizeof *into->configs)) == NULL) {
    free(reply);
    return 0;
  }
  const uint32_t *row = (const uint32_t *)(reply + 1);
  for (uint32_t i = 0; i < reply->rows; i++, row += row_words) {
    struct gf_glx_config *config = &into->configs[into->config_count];
    gf_glx_config_default(config, screen);
    read_row(config, row, reply->columns);
    config->screen = screen;
    gf_glx_config_bindable(config);
    if (is_possible(config, host))
      into->config_count++;
  }
  free(reply);
  for (uint32_t i = 0; i < 3; i++)
    into->server_strings[i] = server_string(display, screen, GLX_VENDOR + i);
  return into->config_count > 0;
}
