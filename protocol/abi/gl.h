// What the frames of a GL lane have in common, and the calls that are ours: opening, contexts,
// drawables, presentation. Everything else on a GL lane is a command of OpenGL, whose structures
// are generated from the description (`gl_wire.h`).
//
// The guest numbers contexts and drawables itself (1-based, per session, used again once destroyed)
// and so need not wait for their creation; what the host's EGL says about it comes back with the
// reply where the guest asks for one. Errors are EGL's, verbatim.
#pragma once

#include "base.h"
#include "frame.h"

/// An array that a command reads: in the frame's tail, in the heap, or NULL.
struct gf_gl_payload {
  uint64_t bytes;       ///< GF_GL_PAYLOAD_NULL: the application passed NULL
  uint64_t heap_offset; ///< GF_GL_PAYLOAD_INLINE: the next 8-aligned bytes of the frame's tail
};
#define GF_GL_PAYLOAD_NULL UINT64_MAX
/// In `bytes`: no array comes; `heap_offset` is an offset into the pixel buffer that is bound.
#define GF_GL_PAYLOAD_OFFSET (UINT64_MAX - 1)
#define GF_GL_PAYLOAD_INLINE UINT64_MAX
/// Among the lengths of an array of texts: this one is a null pointer, and no bytes of it come.
#define GF_GL_TEXT_NULL UINT32_MAX

/// Longer arrays go through the heap. Four of these fit one frame.
#define GF_GL_INLINE_MAX_BYTES 12288u

/// gf_lane.status of a GL lane's reply: flags. A command's own result is in the reply's data.
enum {
  GF_GL_STATUS_MESSAGES = 1, ///< debug messages wait: the guest fetches them and calls its callback
};

/// A debug message; its text is elsewhere.
struct gf_gl_message {
  uint32_t source;
  uint32_t type;
  uint32_t id;
  uint32_t severity;
  uint32_t text_bytes; ///< with the zero
};

/// In the names of gfGlContextFacts: asked for with glIsEnabled, not glGetIntegerv.
#define GF_GL_IS_ENABLED (UINT32_C(1) << 31)

/// In the reply of gfGlContextFacts.
enum {
  GF_GL_FACT_CORE = 1u << 0, ///< a core profile: names must come from glGen*
};

/// gfGlOpen, sync: what the host's EGL is and can. No arguments.
struct gf_gl_gfGlOpen_args {
  uint64_t unused;
};

enum {
  GF_GL_API_GL = 0,  ///< desktop OpenGL, compatibility or core
  GF_GL_API_ES1 = 1, ///< OpenGL ES 1.x
  GF_GL_API_ES2 = 2, ///< OpenGL ES 2.0 and later
};

/// What the host offers of one kind of context, as one of the highest version says.
struct gf_gl_offer {
  uint32_t version; ///< 100 × major + 10 × minor; 0: the host has no such contexts
  uint32_t max_samples;
  uint32_t max_size_pixels; ///< of a renderbuffer's side
  uint32_t pad0;
};

enum {
  GF_GL_OFFER_COMPAT = 0,
  GF_GL_OFFER_CORE = 1,
  GF_GL_OFFER_ES1 = 2,
  GF_GL_OFFER_ES2 = 3,
  GF_GL_OFFER_COUNT = 4,
};

/// The tail holds GF_GL_OFFER_COUNT gf_gl_offer, `config_count` gf_gl_host_config, then the
/// texts, each zero-terminated, in the order of their lengths below (which count the zero).
struct gf_gl_gfGlOpen_reply {
  int32_t egl_error; ///< EGL_SUCCESS, or why the host has no OpenGL; then all else is 0
  uint32_t egl_major;
  uint32_t egl_minor;
  uint32_t config_count;
  uint32_t vendor_bytes;        ///< EGL_VENDOR
  uint32_t version_bytes;       ///< EGL_VERSION
  uint32_t extensions_bytes;    ///< EGL_EXTENSIONS of the display
  uint32_t client_apis_bytes;   ///< EGL_CLIENT_APIS
  uint32_t gl_vendor_bytes;     ///< GL_VENDOR of a compatibility or ES context
  uint32_t gl_renderer_bytes;   ///< GL_RENDERER of the same
  uint32_t gl_version_bytes;    ///< GL_VERSION of the same
  uint32_t gl_extensions_bytes; ///< GL_EXTENSIONS of the same
};

/// A config of the host's display. Drawables are framebuffer objects, so that this is what the host
/// would offer a local program, not a limit.
struct gf_gl_host_config {
  int32_t id;
  int32_t red;
  int32_t green;
  int32_t blue;
  int32_t alpha;
  int32_t depth;
  int32_t stencil;
  int32_t samples;
  int32_t renderable_type; ///< EGL_OPENGL_BIT, EGL_OPENGL_ES2_BIT, …
  int32_t surface_type;    ///< EGL_WINDOW_BIT, EGL_PBUFFER_BIT, …
  int32_t caveat;
  int32_t component_type; ///< EGL_COLOR_COMPONENT_TYPE_FIXED_EXT or _FLOAT_EXT
};

/// gfGlCreateContext. The tail holds `attribute_count` pairs of EGLint: attributes of
/// eglCreateContext as the application's API spells them in EGL, without the ending EGL_NONE. Those
/// that the executor does not know are EGL_BAD_ATTRIBUTE, those that the driver refuses what it says.
struct gf_gl_gfGlCreateContext_args {
  uint32_t context; ///< the guest's number for it
  uint32_t share;   ///< a context whose objects it shares, or 0
  uint32_t api;     ///< GF_GL_API_*
  uint32_t attribute_count;
};
struct gf_gl_gfGlCreateContext_reply {
  int32_t egl_error; ///< EGL_SUCCESS, or what eglCreateContext says
  uint32_t pad0;
};

/// gfGlDestroyContext. A context that is current somewhere lives until it is not.
struct gf_gl_gfGlDestroyContext_args {
  uint32_t context;
  uint32_t pad0;
};

enum {
  GF_GL_DRAWABLE_DOUBLE_BUFFER = 1u << 0,
  GF_GL_DRAWABLE_SRGB = 1u << 1,      ///< its buffers can hold sRGB values (GL_FRAMEBUFFER_SRGB)
  GF_GL_DRAWABLE_FLOAT = 1u << 2,     ///< floating-point colour
  GF_GL_DRAWABLE_STEREO = 1u << 3,    ///< never set by the shim today
  GF_GL_DRAWABLE_BOTTOM_UP = 1u << 4, ///< gfGlBindTexImage may follow: rows lie as a texture's do
};

/// gfGlCreateDrawable: what a window, pixmap or pbuffer is to OpenGL.
struct gf_gl_gfGlCreateDrawable_args {
  uint32_t drawable; ///< the guest's number for it
  uint32_t flags;    ///< GF_GL_DRAWABLE_*
  uint32_t width;
  uint32_t height; ///< pixels; 0 is taken as 1
  uint8_t red;
  uint8_t green;
  uint8_t blue;
  uint8_t alpha; ///< bits, as all of these; 0: there is none
  uint8_t depth;
  uint8_t stencil;
  uint8_t samples; ///< per pixel; 0 or 1: not multisampled
  uint8_t accum;   ///< bits per component
};

/// gfGlResizeDrawable: contents of the part that stays are undefined, as after a window's resize.
struct gf_gl_gfGlResizeDrawable_args {
  uint32_t drawable;
  uint32_t width;
  uint32_t height;
  uint32_t pad0;
};

struct gf_gl_gfGlDestroyDrawable_args {
  uint32_t drawable;
  uint32_t pad0;
};

/// gfGlMakeCurrent, of this lane's thread. Zeros: nothing is current. A context without drawables is
/// EGL's surfaceless context.
struct gf_gl_gfGlMakeCurrent_args {
  uint32_t context;
  uint32_t draw;
  uint32_t read;
  uint32_t pad0;
};
struct gf_gl_gfGlMakeCurrent_reply {
  int32_t egl_error;
  uint32_t pad0;
};

/// gfGlCreateImage.attributes: which of eglCreateImage's attributes the application named.
enum {
  GF_GL_IMAGE_LEVEL = 1u << 0,
  GF_GL_IMAGE_Z_OFFSET = 1u << 1,
  GF_GL_IMAGE_PRESERVED = 1u << 2,
};

enum {
  GF_GL_PRESENT_FRONT = 1u << 0, ///< read the front buffer; else the back buffer
  GF_GL_PRESENT_SWAP =
      1u << 1, ///< a buffer swap: the front buffer holds the back buffer's picture then
  GF_GL_PRESENT_ALPHA = 1u << 2, ///< the fourth byte matters although the drawable has no alpha
};

/// gfGlPresent: reads a rectangle of a drawable of the current context into the heap, as 32-bit
/// BGRA, top row first, and then release-stores `done_value` into the word at `done_offset` and wakes
/// all who sleep on it. Coordinates are OpenGL's: (0, 0) is the lower left pixel. A rectangle that
/// reaches over the drawable's edge is cut to it; its pixels keep their place in the slot. Stored is
/// `done_value` in any case, also where nothing could be read.
struct gf_gl_gfGlPresent_args {
  uint32_t drawable;
  uint32_t flags; ///< GF_GL_PRESENT_*
  int32_t x;
  int32_t y;
  uint32_t width;
  uint32_t height;        ///< pixels; both 0: swap only, nothing is read
  uint64_t pixels_offset; ///< in the heap
  uint64_t pixels_bytes;  ///< at least height rows of row_bytes
  uint64_t row_bytes;     ///< from one row to the next; a multiple of 4
  uint64_t done_offset;   ///< of a uint32_t in the heap, 4-aligned
  uint32_t done_value;
  uint32_t pad0;
};

GF_STATIC_ASSERT(sizeof(struct gf_gl_gfGlPresent_args) == 64, "one cache line");
