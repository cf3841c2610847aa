/* What an X server shows, for a test: the windows of clients, or one window's pixels.
 *
 *   snapshot list         a line a mapped top-level window: ID WIDTH HEIGHT NAME
 *   snapshot grab ID      that window's pixels as a binary PPM on stdout
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int list(Display *display) {
  Window root, parent, *children;
  unsigned count;
  if (!XQueryTree(display, DefaultRootWindow(display), &root, &parent, &children, &count))
    return 1;
  for (unsigned i = 0; i < count; i++) {
    XWindowAttributes attributes;
    char *name = NULL;
    if (!XGetWindowAttributes(display, children[i], &attributes) ||
        attributes.map_state != IsViewable || attributes.class != InputOutput)
      continue;
    XFetchName(display, children[i], &name);
    printf("%lu %d %d %s\n", children[i], attributes.width, attributes.height, name ? name : "");
    if (name)
      XFree(name);
  }
  XFree(children);
  return 0;
}

static int grab(Display *display, Window window) {
  XWindowAttributes attributes;
  if (!XGetWindowAttributes(display, window, &attributes))
    return 1;
  const int width = attributes.width, height = attributes.height;
  XImage *image = XGetImage(display, window, 0, 0, width, height, AllPlanes, ZPixmap);
  if (!image)
    return 1;
  printf("P6\n%d %d\n255\n", width, height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const unsigned long pixel = XGetPixel(image, x, y);
      putchar((pixel >> 16) & 255);
      putchar((pixel >> 8) & 255);
      putchar(pixel & 255);
    }
  }
  XDestroyImage(image);
  return 0;
}

/* A window may go while it is looked at: that is an answer, not the end. */
static int ignore_error(Display *display, XErrorEvent *error) {
  (void)display;
  fprintf(stderr, "snapshot: X error %d\n", error->error_code);
  return 0;
}

int main(int argc, char **argv) {
  Display *display = XOpenDisplay(NULL);
  if (!display) {
    fprintf(stderr, "snapshot: no X server\n");
    return 2;
  }
  XSetErrorHandler(ignore_error);
  if (argc == 2 && strcmp(argv[1], "list") == 0)
    return list(display);
  if (argc == 3 && strcmp(argv[1], "grab") == 0)
    return grab(display, strtoul(argv[2], NULL, 0));
  fprintf(stderr, "usage: snapshot list | snapshot grab ID\n");
  return 2;
}
