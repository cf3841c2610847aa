// Extensions that GLX 1.3 and 1.4 took in: their names for what is core now.
#include <stdlib.h>

#include <GL/glx.h>
#include <GL/glxext.h>

#include "gl/export.h"
#include "gl/glx/context.h"
#include "gl/glx/visual.h"

GF_GL_EXPORT Bool glXMakeCurrentReadSGI(Display *dpy, GLXDrawable draw, GLXDrawable read,
                                        GLXContext context) {
  return glXMakeContextCurrent(dpy, draw, read, context);
}

GF_GL_EXPORT GLXDrawable glXGetCurrentReadDrawableSGI(void) { return glXGetCurrentReadDrawable(); }
GF_GL_EXPORT Display *glXGetCurrentDisplayEXT(void) { return glXGetCurrentDisplay(); }

GF_GL_EXPORT int glXGetFBConfigAttribSGIX(Display *dpy, GLXFBConfigSGIX config, int attribute,
                                          int *value) {
  return glXGetFBConfigAttrib(dpy, config, attribute, value);
}

GF_GL_EXPORT GLXFBConfigSGIX *glXChooseFBConfigSGIX(Display *dpy, int screen, int *attributes,
                                                    int *count) {
  return glXChooseFBConfig(dpy, screen, attributes, count);
}

GF_GL_EXPORT GLXPixmap glXCreateGLXPixmapWithConfigSGIX(Display *dpy, GLXFBConfigSGIX config,
                                                        Pixmap pixmap) {
  return glXCreatePixmap(dpy, config, pixmap, NULL);
}

GF_GL_EXPORT GLXContext glXCreateContextWithConfigSGIX(Display *dpy, GLXFBConfigSGIX config,
                                                       int render_type, GLXContext share,
                                                       Bool direct) {
  return glXCreateNewContext(dpy, config, render_type, share, direct);
}

GF_GL_EXPORT XVisualInfo *glXGetVisualFromFBConfigSGIX(Display *dpy, GLXFBConfigSGIX config) {
  return glXGetVisualFromFBConfig(dpy, config);
}

GF_GL_EXPORT GLXFBConfigSGIX glXGetFBConfigFromVisualSGIX(Display *dpy, XVisualInfo *visual) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL || visual == NULL)
    return NULL;
  return (GLXFBConfigSGIX)gf_glx_config_of_visual(display, visual->screen, visual->visualid);
}

GF_GL_EXPORT GLXPbufferSGIX glXCreateGLXPbufferSGIX(Display *dpy, GLXFBConfigSGIX config,
                                                    unsigned int width, unsigned int height,
                                                    int *attributes) {
  // The size stands in the list since GLX 1.3; two more attributes is what SGIX had.
  int list[16] = {GLX_PBUFFER_WIDTH, (int)width, GLX_PBUFFER_HEIGHT, (int)height};
  int used = 4;
  for (; attributes != NULL && attributes[0] != None && used < 14; attributes += 2) {
    list[used++] = attributes[0];
    list[used++] = attributes[1];
  }
  return glXCreatePbuffer(dpy, config, list);
}

GF_GL_EXPORT void glXDestroyGLXPbufferSGIX(Display *dpy, GLXPbufferSGIX pbuffer) {
  glXDestroyPbuffer(dpy, pbuffer);
}

GF_GL_EXPORT void glXQueryGLXPbufferSGIX(Display *dpy, GLXPbufferSGIX pbuffer, int attribute,
                                         unsigned int *value) {
  glXQueryDrawable(dpy, pbuffer, attribute, value);
}

GF_GL_EXPORT void glXSelectEventSGIX(Display *dpy, GLXDrawable drawable, unsigned long mask) {
  glXSelectEvent(dpy, drawable, mask);
}

GF_GL_EXPORT void glXGetSelectedEventSGIX(Display *dpy, GLXDrawable drawable, unsigned long *mask) {
  glXGetSelectedEvent(dpy, drawable, mask);
}

GF_GL_EXPORT GLXContextID glXGetContextIDEXT(const GLXContext context) {
  return context != NULL ? ((const struct gf_glx_context *)context)->id : None;
}

GF_GL_EXPORT int glXQueryContextInfoEXT(Display *dpy, GLXContext context, int attribute,
                                        int *value) {
  return glXQueryContext(dpy, context, attribute, value);
}
