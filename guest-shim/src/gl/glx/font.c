// glXUseXFont: an X font's glyphs as display lists of bitmaps. The server draws each glyph into a pixmap of
// one bit, and what it drew is read back.
#include <stdlib.h>
#include <string.h>

#include "gl/export.h"
#include "gl/glx/context.h"
#include "gl/glx/error.h"

struct glyph {
  int left, right, ascent, descent, advance;
};

static struct glyph measure(const XFontStruct *font, unsigned int character) {
  const XCharStruct *box = &font->max_bounds;
  // Fonts of two bytes are a matrix, of one a row.
  const unsigned int low = character & 0xff, high = character >> 8;
  if (font->per_char != NULL && low >= font->min_char_or_byte2 && low <= font->max_char_or_byte2 &&
      high >= font->min_byte1 && high <= font->max_byte1) {
    const unsigned int columns = font->max_char_or_byte2 - font->min_char_or_byte2 + 1;
    box = &font->per_char[(high - font->min_byte1) * columns + (low - font->min_char_or_byte2)];
  }
  return (struct glyph){box->lbearing, box->rbearing, box->ascent, box->descent, box->width};
}

/// The glyph's rows from the bottom up, as glBitmap takes them with an alignment of 1.
static uint8_t *draw(Display *dpy, Drawable root, Font font, unsigned int character,
                     const struct glyph *glyph, int *width, int *height) {
  *width = glyph->right - glyph->left;
  *height = glyph->ascent + glyph->descent;
  if (*width <= 0 || *height <= 0)
    return NULL;
  const int row_bytes = (*width + 7) / 8;
  uint8_t *bits = calloc((size_t)row_bytes, (size_t)*height);
  const Pixmap pixmap =
      gf_x.XCreatePixmap(dpy, root, (unsigned int)*width, (unsigned int)*height, 1);
  XGCValues values = {.foreground = 0, .background = 0, .font = font};
  const GC gc = gf_x.XCreateGC(dpy, pixmap, GCForeground | GCBackground | GCFont, &values);
  gf_x.XFillRectangle(dpy, pixmap, gc, 0, 0, (unsigned int)*width, (unsigned int)*height);
  values.foreground = 1;
  gf_x.XChangeGC(dpy, gc, GCForeground, &values);
  const XChar2b text = {(unsigned char)(character >> 8), (unsigned char)(character & 0xff)};
  gf_x.XDrawString16(dpy, pixmap, gc, -glyph->left, glyph->ascent, &text, 1);
  XImage *image =
      gf_x.XGetImage(dpy, pixmap, 0, 0, (unsigned int)*width, (unsigned int)*height, 1, XYPixmap);
  if (image != NULL && bits != NULL) {
    for (int y = 0; y < *height; y++) {
      for (int x = 0; x < *width; x++) {
        if (XGetPixel(image, x, *height - 1 - y))
          bits[y * row_bytes + x / 8] |= (uint8_t)(0x80 >> x % 8);
      }
    }
  }
  if (image != NULL)
    XDestroyImage(image);
  gf_x.XFreeGC(dpy, gc);
  gf_x.XFreePixmap(dpy, pixmap);
  return bits;
}

GF_GL_EXPORT void glXUseXFont(Font font, int first, int count, int list) {
  const struct gf_glx_thread *thread = &gf_glx_thread;
  if (thread->context == NULL)
    return;
  Display *dpy = thread->xlib;
  XFontStruct *metrics = gf_x.XQueryFont(dpy, font);
  if (metrics == NULL) {
    const struct gf_glx_display *display = gf_glx_display(dpy);
    if (display != NULL)
      gf_glx_error(display, BadFont, font, 12 /* X_GLXUseXFont */, 1);
    return;
  }
  static const GLenum pixel_store[][2] = {
      {GL_UNPACK_SWAP_BYTES, GL_FALSE}, {GL_UNPACK_LSB_FIRST, GL_FALSE}, {GL_UNPACK_ROW_LENGTH, 0},
      {GL_UNPACK_SKIP_ROWS, 0},         {GL_UNPACK_SKIP_PIXELS, 0},      {GL_UNPACK_ALIGNMENT, 1},
  };
  glPushClientAttrib(GL_CLIENT_PIXEL_STORE_BIT);
  for (size_t i = 0; i < sizeof pixel_store / sizeof pixel_store[0]; i++)
    glPixelStorei(pixel_store[i][0], (GLint)pixel_store[i][1]);
  const Drawable root = RootWindow(dpy, thread->context->screen);
  for (int i = 0; i < count; i++) {
    const unsigned int character = (unsigned int)(first + i);
    const struct glyph glyph = measure(metrics, character);
    int width, height;
    uint8_t *bits = draw(dpy, root, font, character, &glyph, &width, &height);
    glNewList((GLuint)(list + i), GL_COMPILE);
    // Without pixels it still advances. GLX says that the origin is at `descent`; Mesa puts text a pixel
    // higher, and so programs look.
    glBitmap(bits != NULL ? width : 0, bits != NULL ? height : 0, (GLfloat)-glyph.left,
             (GLfloat)(glyph.descent - 1), (GLfloat)glyph.advance, 0, bits);
    glEndList();
    free(bits);
  }
  glPopClientAttrib();
  gf_x.XFreeFontInfo(NULL, metrics, 1);
}
